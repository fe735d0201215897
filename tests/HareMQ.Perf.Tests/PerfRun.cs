using System.Text;
using System.Text.Json;

namespace HareMQ.Perf.Tests;

/// <summary>The program, run in this process: exit code and all that it wrote.</summary>
internal sealed record PerfRun(int ExitCode, string Output, string Error)
{
    public static PerfRun Execute(params string[] args) => Execute(CancellationToken.None, args);

    public static PerfRun Execute(CancellationToken interrupt, params string[] args)
    {
        using var bytes = new MemoryStream();
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = new PerfCommand(output, error, () => bytes).Run(args, interrupt);
        return new PerfRun(exitCode, output + Encoding.UTF8.GetString(bytes.ToArray()), error.ToString());
    }

    /// <summary>Runs a scenario against a broker, without progress, its report as JSON.</summary>
    public static PerfRun Scenario(Uri broker, string scenario, string options) =>
        Execute([scenario, "--uri", broker.ToString(), "--quiet", "--json", "-", .. options.Split(' ')]);

    public JsonElement Report() => JsonDocument.Parse(Output).RootElement;
}
