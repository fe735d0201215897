using HareMQ.Protocol;

namespace HareMQ.Broker.Delays;

/// <summary>What is refused about delayed messages. The texts about the argument are those of RabbitMQ's plugin.</summary>
internal static class DelayErrors
{
    public static ChannelException TypeMissing() => Failed("Invalid argument, 'x-delayed-type' must be an existing exchange type");

    public static ChannelException TypeIsDelayed() =>
        Failed("Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'");

    public static ChannelException DelayTooLong(long milliseconds) =>
        Failed($"x-delay of {milliseconds} ms is longer than the longest delay, {DelayHeader.MaxMs} ms (365 days)");

    private static ChannelException Failed(string text) => new(ReplyCode.PreconditionFailed, text);
}
