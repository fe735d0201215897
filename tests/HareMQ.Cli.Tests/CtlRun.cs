using System.Text.Json.Nodes;

namespace HareMQ.Cli.Tests;

/// <summary>The program, run in this process: exit code and all that it wrote.</summary>
internal sealed record CtlRun(ExitCode ExitCode, string Output, string Error)
{
    public static Task<CtlRun> ExecuteAsync(params string[] args) => ExecuteWithAsync("", [], args);

    public static async Task<CtlRun> ExecuteWithAsync(string input, Dictionary<string, string> environment, params string[] args)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var terminal = new Terminal(output, error, new StringReader(input), IsInteractive: false, environment);
        var exitCode = await new Harectl(terminal).RunAsync(args, TestContext.Current.CancellationToken);
        return new CtlRun(exitCode, output.ToString(), error.ToString());
    }

    public JsonNode Json => JsonNode.Parse(Output)!;

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public CtlRun Succeeded()
    {
        Assert.True(ExitCode == ExitCode.Success, ToString());
        return this;
    }

    public CtlRun Failed(ExitCode code, string message)
    {
        Assert.True(code == ExitCode, ToString());
        Assert.Contains(message, Error, StringComparison.Ordinal);
        return this;
    }

    public override string ToString() => $"exit code {(int)ExitCode}\n{Output}\n{Error}";
}
