using System.CommandLine;
using System.CommandLine.Parsing;
using HareMQ.Broker;

namespace HareMQ.Cli;

/// <summary>Whether a command can do with what was typed, in the words that users of RabbitMQ's tools know.</summary>
internal static class ArgumentCheck
{
    private const string Delimiter = "--";

    /// <summary>The words that are no options.</summary>
    /// <exception cref="CliException">There are too few or too many, an option that does not exist, or one without its value.</exception>
    public static IReadOnlyList<string> Read(CtlCommand command, ParseResult line)
    {
        if (UnknownOption(line) is { } unknown) throw Invalid(unknown, Suggestion(command, unknown));
        if (line.Errors.Count > 0) throw Invalid(Describe(line.Errors[0]), "");
        var arguments = line.GetValue<string[]>(CommandLineRoot.ArgumentsName) ?? [];
        if (arguments.Length < command.ArgumentsMin) throw CliException.Usage("not enough arguments.");
        if (arguments.Length > command.ArgumentsMax) throw CliException.Usage("too many arguments.");
        return arguments;
    }

    /// <summary>What looks like an option and was taken for an argument. Behind <c>--</c> nothing does.</summary>
    private static string? UnknownOption(ParseResult line)
    {
        if (RefusedCommands.IsRefused(CommandTable.Find(line.CommandResult.Command.Name)!)) return null;
        var words = line.Tokens.TakeWhile(token => token.Value != Delimiter)
            .Where(token => token.Type == TokenType.Argument).Select(token => token.Value);
        var arguments = line.GetValue<string[]>(CommandLineRoot.ArgumentsName) ?? [];
        return words.Where(word => LooksLikeOption(word) && arguments.Contains(word)).Concat(line.UnmatchedTokens.Where(LooksLikeOption))
            .FirstOrDefault();
    }

    private static bool LooksLikeOption(string word) => word.StartsWith(Delimiter, StringComparison.Ordinal)
        ? word.Length > Delimiter.Length
        : word is ['-', var letter, ..] && char.IsAsciiLetter(letter);

    private static string Suggestion(CtlCommand command, string unknown)
    {
        var name = unknown.Split('=')[0];
        var known = command.Options.Concat(GlobalOptions.Shown).Select(option => option.Name);
        return NearestName.Find(name, known) is { } nearest ? $"\nDid you mean '{nearest}'?" : "";
    }

    private static string Describe(ParseError error) => error.SymbolResult is OptionResult option
        ? $"{option.IdentifierToken?.Value ?? option.Option.Name} : {string.Join(' ', option.Tokens.Select(token => token.Value))}"
        : error.Message;

    private static CliException Invalid(string what, string suggestion) =>
        CliException.Usage($"Invalid options for this command:\n{what}{suggestion}");
}
