using System.Diagnostics;
using System.Globalization;
using HareMQ.DelayBenchmark;

// usage: dotnet run -c Release --project benchmarks/HareMQ.DelayBenchmark -- [messages] [first due after, s] [spread, s] [body bytes]
// Fills a delayed exchange, kills the broker with SIGKILL, starts it again, and measures how late everything comes.
long Argument(int index, long otherwise) =>
    args.Length > index ? long.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

var run = new Run(Argument(0, 1_000_000), Argument(1, 60) * 1000, Argument(2, 60) * 1000, (int)Argument(3, 100));
var directory = Directory.CreateTempSubdirectory("haremq-delays-").FullName;
try
{
    using (var server = await Server.StartAsync(directory))
    {
        Console.WriteLine($"empty: {server.ResidentMegabytes:F0} MB, {server.AnonymousMegabytes:F0} MB of it anonymous");
        await run.FillAsync(server);
    }

    var watch = Stopwatch.StartNew();
    using (var server = await Server.StartAsync(directory))
    {
        var pending = await Run.CountAsync(server.Uri);
        Console.WriteLine(
            $"restart after SIGKILL: {pending} pending after {watch.Elapsed.TotalSeconds:F2} s, "
            + $"{server.ResidentMegabytes:F0} MB, {server.AnonymousMegabytes:F0} MB of it anonymous");
        await run.DrainAsync(server);
    }

    return run.Report() ? 0 : 1;
}
finally
{
    Directory.Delete(directory, recursive: true);
}
