using System.CommandLine;

namespace HareMQ.Cli;

/// <summary>What a command needs of the broker before it is of any use.</summary>
internal enum BrokerNeed
{
    /// <summary>None, or the command finds out itself. A command that asks a stopped broker is told so.</summary>
    Any,

    Stopped,
}

/// <summary>What completes a command's arguments in a shell.</summary>
internal enum Completing
{
    Nothing,
    Columns,
    Commands,
    Plugins,
    Queues,
    Users,
    VirtualHosts,
}

/// <summary>One line of the table of all commands: parsing, help and completion all come from it.</summary>
/// <param name="Name">As RabbitMQ's tools call it.</param>
/// <param name="Group">Under which heading of the help.</param>
/// <param name="Summary">One line.</param>
internal sealed record CtlCommand(string Name, string Group, string Summary)
{
    /// <summary>For the usage: <c>&lt;user&gt; [&lt;password&gt;]</c>.</summary>
    public string Arguments { get; init; } = "";

    public int ArgumentsMin { get; init; }

    public int ArgumentsMax { get; init; }

    public IReadOnlyList<Option> Options { get; init; } = [];

    public BrokerNeed Needs { get; init; }

    public Completing Completes { get; init; }

    /// <summary>Of a list; also what completes its arguments.</summary>
    public ColumnSet? Columns { get; init; }

    public required Func<Invocation, Task<CommandResult>> RunAsync { get; init; }
}
