using System.Diagnostics;

namespace HareMQ.Testing;

/// <summary>rabbitmqctl of the node that tests/lib/rabbitmq.sh has started.</summary>
internal static class RabbitMqCtl
{
    private static string? Directory => Environment.GetEnvironmentVariable(BrokerTarget.RabbitMqDirectoryVariable);

    public static bool IsAvailable => !string.IsNullOrEmpty(Directory);

    /// <exception cref="InvalidOperationException">It failed; the message is what it said.</exception>
    public static async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Script(), ["ctl", Directory!, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)}: {string.Concat(said)}");
    }

    private static string Script()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "HareMQ.slnx"))) directory = Path.GetDirectoryName(directory)!;
        return Path.Combine(directory, "tests", "lib", "rabbitmq.sh");
    }
}
