using System.CommandLine;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>The program but for its process: reads a command line, does what it says, shows what came of it.</summary>
internal sealed class Harectl(Terminal terminal)
{
    private const string SuggestionPrefix = "[suggest";

    // Texts of users may begin with @: no file is meant.
    private static readonly ParserConfiguration s_parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Never throws for what a user or a broker may do.</summary>
    public async Task<ExitCode> RunAsync(IReadOnlyList<string> args, CancellationToken interrupt)
    {
        var line = CommandLineRoot.Instance.Parse(args, s_parsing);
        try
        {
            if (args.Count > 0 && args[0].StartsWith(SuggestionPrefix, StringComparison.Ordinal))
                return (ExitCode)await line.InvokeAsync(new InvocationConfiguration { Output = terminal.Output }, interrupt);
            return await RunAsync(line, args, interrupt);
        }
        catch (CliException error)
        {
            Show(error, line, args);
            return error.Code;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private async Task<ExitCode> RunAsync(ParseResult line, IReadOnlyList<string> args, CancellationToken interrupt)
    {
        var command = CommandOf(line);
        if (line.GetValue(CommandLineRoot.Help))
        {
            if (command is null) HelpText.WriteOverview(terminal.Output);
            else HelpText.Write(terminal.Output, command);
            return ExitCode.Success;
        }

        if (command is null)
        {
            if (line.UnmatchedTokens.FirstOrDefault(token => !token.StartsWith('-')) is { } unknown) throw CommandTable.Unknown(unknown);
            if (line.UnmatchedTokens.Count > 0) throw CliException.Bare(ExitCode.Usage, $"Unknown option '{line.UnmatchedTokens[0]}'");
            HelpText.WriteOverview(terminal.Error);
            return ExitCode.Usage;
        }

        var arguments = ArgumentCheck.Read(command, line);
        using var call = new Invocation(command, line, arguments, terminal, interrupt);
        if (line.GetValue(GlobalOptions.DryRun)) return ExitCode.Success;
        try
        {
            await call.CheckNodeAsync();
            await call.CheckStateAsync();
            var result = await command.RunAsync(call);
            await new ResultWriter(terminal.Output, call.Format, call.WithHeaders).WriteAsync(result, call.NodeNameAsync);
            return ExitCode.Success;
        }
        catch (CliException error) when (call.Format.IsJson() && !error.ShowsUsage)
        {
            var json = new JsonObject { ["result"] = "error", ["message"] = error.Message };
            if (call.KnownNodeName is { } node) json["node"] = node;
            terminal.Error.WriteLine(Json.Text(json));
            return error.Code;
        }
    }

    private static CtlCommand? CommandOf(ParseResult line) =>
        line.CommandResult.Command is RootCommand ? null : CommandTable.Find(line.CommandResult.Command.Name);

    private void Show(CliException error, ParseResult line, IReadOnlyList<string> args)
    {
        terminal.Error.WriteLine(error.Heading + error.Message);
        if (!error.ShowsUsage || CommandOf(line) is not { } command) return;
        terminal.Error.WriteLine($"Arguments given:\n\t{string.Join(' ', args)}\n\nUsage\n\n{HelpText.Usage(command)}");
    }
}
