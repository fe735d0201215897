using HareMQ.Protocol;

namespace HareMQ.Perf;

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
