namespace HareMQ.Cli;

/// <summary>Ends the command; the message is for its user.</summary>
internal sealed class CliException(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code => code;

    /// <summary>What was typed is wrong: the message is followed by the arguments and the usage.</summary>
    public bool ShowsUsage { get; private init; }

    /// <summary>Stands before the message, on a line of its own unless it says more than that there was an error.</summary>
    public string Heading { get; private init; } = "Error:\n";

    public static CliException Usage(string message, ExitCode code = ExitCode.Usage) =>
        new(code, message) { ShowsUsage = true, Heading = "Error (argument validation): " };

    public static CliException BadArgument(string message) => Usage($"Bad argument: {message}", ExitCode.Data);

    /// <summary>The broker is stopped and should run, or the other way round.</summary>
    public static CliException State(string message) => new(ExitCode.Usage, message) { ShowsUsage = true, Heading = "Error: " };

    public static CliException NoVirtualHost(string name) => Bare(ExitCode.Data, $"Virtual host '{name}' does not exist");

    public static CliException NoUser(string name) => new(ExitCode.NoUser, $"User \"{name}\" does not exist");

    public static CliException Unavailable(string message) => new(ExitCode.Unavailable, message);

    /// <summary>Without a heading.</summary>
    public static CliException Bare(ExitCode code, string message) => new(code, message) { Heading = "" };
}
