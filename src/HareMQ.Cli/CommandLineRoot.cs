using System.CommandLine;
using System.CommandLine.Help;

namespace HareMQ.Cli;

/// <summary>The table of commands as the command line library sees it.</summary>
internal static class CommandLineRoot
{
    /// <summary>Of each command the words that are no options. How many there may be is checked by us: in RabbitMQ's words.</summary>
    public const string ArgumentsName = "arguments";

    public static readonly Option<bool> Help = GlobalOptions.Flag("--help", "how to use a command", "-h", "-?");

    public static RootCommand Instance { get; } = Create();

    private static RootCommand Create()
    {
        var root = new RootCommand("Administers a HareMQ broker.");
        foreach (var option in root.Options.ToArray())
            if (option is HelpOption or VersionOption) root.Options.Remove(option);
        foreach (var option in GlobalOptions.Shown.Append(Help)) root.Options.Add(option);
        foreach (var option in GlobalOptions.Ignored)
        {
            option.Hidden = true;
            root.Options.Add(option);
        }

        GlobalOptions.VirtualHost.CompletionSources.Add(context => Candidates.VirtualHosts(context.ParseResult));
        GlobalOptions.Formatter.CompletionSources.Add(_ => OutputFormats.Names);
        foreach (var command in CommandTable.All) root.Subcommands.Add(Create(command));
        return root;
    }

    private static Command Create(CtlCommand command)
    {
        var parsed = new Command(command.Name, command.Summary) { Hidden = RefusedCommands.IsRefused(command) };
        foreach (var option in command.Options) parsed.Options.Add(option);
        var arguments = new Argument<string[]>(ArgumentsName) { Arity = ArgumentArity.ZeroOrMore };
        if (command.Completes != Completing.Nothing)
            arguments.CompletionSources.Add(context => Candidates.Of(command, context.ParseResult));
        parsed.Arguments.Add(arguments);
        return parsed;
    }
}
