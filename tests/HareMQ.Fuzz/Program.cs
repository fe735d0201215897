using System.Diagnostics;
using System.Globalization;
using HareMQ.Fuzz;
using HareMQ.Fuzz.Targets;

const string usage = "usage: HareMQ.Fuzz frames|tables|properties|proxy [--count N] [--seed N] [--save DIRECTORY]";

IFuzzTarget? target = args.Length == 0 ? null : args[0] switch
{
    "frames" => new FrameTarget(),
    "tables" => new TableTarget(),
    "properties" => new PropertyTarget(),
    "proxy" => new ProxyTarget(),
    _ => null,
};
var count = 1_000_000L;
var seed = (ulong)Random.Shared.NextInt64();
var directory = FailureFiles.DefaultDirectory;
var valid = target is not null && args.Length % 2 == 1;
for (var i = 1; valid && i < args.Length; i += 2)
{
    if (args[i] == "--save")
    {
        directory = args[i + 1];
        continue;
    }

    valid = args[i] switch
    {
        "--count" => long.TryParse(args[i + 1], CultureInfo.InvariantCulture, out count),
        "--seed" => ulong.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seed),
        _ => false,
    };
}

if (target is null || !valid)
{
    Console.Error.WriteLine(usage);
    return 2;
}

// First of all, because a stack overflow would leave nothing else to go by.
Console.WriteLine($"{target.Name}: {count} inputs, seed {seed}");
var clock = Stopwatch.StartNew();
var result = new FuzzEngine(target, seed).Run(count);
var seconds = clock.Elapsed.TotalSeconds;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{result.Iterations} inputs, {result.Refused} refused, {seconds:F1} s, {result.Iterations / seconds:F0} inputs/s"));
if (result.Failure is not null) Console.Error.WriteLine(result.Failure);
if (result.FailedInput is not null) Console.Error.WriteLine(FailureFiles.Save(directory, target.Name, result));
Console.WriteLine(result.Failure is null ? "1 passed, 0 failed, 0 skipped" : "0 passed, 1 failed, 0 skipped");
return result.Failure is null ? 0 : 1;
