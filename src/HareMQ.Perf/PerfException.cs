using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>What the program's exit code says; scripts depend on the numbers.</summary>
internal enum ExitCode
{
    /// <summary>Everything that was sent is accounted for.</summary>
    Success = 0,

    /// <summary>The command line, or the state of the broker's queues, does not allow the run.</summary>
    Usage = 1,

    /// <summary>The broker closed a channel or a connection, cancelled a consumer, or sent what AMQP does not allow.</summary>
    BrokerClosed = 2,

    /// <summary>No connection, a lost one, or no answer in time.</summary>
    ConnectionLost = 3,

    /// <summary>The broker sent connection.blocked: figures would be those of its alarm.</summary>
    Blocked = 4,

    /// <summary>The run came to its end, but the counts do not add up.</summary>
    NotReconciled = 5,

    /// <summary>Stopped by Ctrl-C before its end.</summary>
    Interrupted = 130,
}

/// <summary>Ends the run; the message is one line for the user.</summary>
internal sealed class PerfException(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code { get; } = code;

    public static PerfException Usage(string message) => new(ExitCode.Usage, message);

    public static PerfException ChannelClosed(ushort code, string text) =>
        new(ExitCode.BrokerClosed, $"the broker closed the channel: {code} {text}");

    public static PerfException ConnectionClosed(ushort code, string text) =>
        new(ExitCode.BrokerClosed, $"the broker closed the connection: {code} {text}");

    public static PerfException Unexpected(string what) => new(ExitCode.BrokerClosed, $"the broker sent {what}");

    public static PerfException NotAmqp(AmqpException error) => Unexpected($"what is not AMQP 0-9-1: {error.Message}");

    public static PerfException Lost(string why) => new(ExitCode.ConnectionLost, $"connection lost: {why}");

    public static PerfException Blocked(string reason) =>
        new(ExitCode.Blocked, $"the broker blocks publishers (connection.blocked): {reason}");
}
