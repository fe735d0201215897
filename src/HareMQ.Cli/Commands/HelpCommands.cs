using System.Reflection;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class HelpCommands
{
    private const string Group = "Help";

    public static string Version { get; } = typeof(HelpCommands).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    public static IEnumerable<CtlCommand> All =>
    [
        new("help", Group, "Shows all commands, or how to use one")
        {
            Arguments = "[<command>]", ArgumentsMax = 1, Completes = Completing.Commands, RunAsync = HelpAsync,
        },
        new("version", Group, "Shows the version of harectl")
        {
            RunAsync = _ => Task.FromResult<CommandResult>(new CommandResult.Report([Version], new JsonObject { ["version"] = Version })),
        },
        new("autocomplete", Group, "Lists the commands that begin with a text")
        {
            Arguments = "<text>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = AutocompleteAsync,
        },
        new("completion", Group, "Prints a script that completes harectl's arguments in a shell")
        {
            Arguments = "<bash | zsh | fish>", ArgumentsMin = 1, ArgumentsMax = 1, RunAsync = CompletionAsync,
        },
    ];

    private static Task<CommandResult> HelpAsync(Invocation call)
    {
        if (call.Arguments.Count == 0)
        {
            HelpText.WriteOverview(call.Terminal.Output);
            return Task.FromResult(CommandResult.Done);
        }

        var command = CommandTable.Find(call.Arguments[0]) ?? throw CommandTable.Unknown(call.Arguments[0]);
        HelpText.Write(call.Terminal.Output, command);
        return Task.FromResult(CommandResult.Done);
    }

    private static Task<CommandResult> AutocompleteAsync(Invocation call)
    {
        var names = CommandTable.All.Select(command => command.Name)
            .Where(name => name.StartsWith(call.Arguments[0], StringComparison.Ordinal)).ToArray();
        return Task.FromResult<CommandResult>(new CommandResult.Report(names, Json.Array(names)));
    }

    private static Task<CommandResult> CompletionAsync(Invocation call) =>
        Task.FromResult<CommandResult>(new CommandResult.Report([CompletionScripts.For(call.Arguments[0])], new JsonObject()));
}
