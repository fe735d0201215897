using HareMQ.Protocol;

namespace HareMQ.Amqp;

/// <summary>Errors in how the protocol is used, with RabbitMQ's codes and wording, in one place.</summary>
internal static class AmqpErrors
{
    public static ConnectionException ConsumerTagInUse(string tag) => new(ReplyCode.NotAllowed, $"attempt to reuse consumer tag '{tag}'");

    public static ConnectionException TooManyConsumers(int max) =>
        new(ReplyCode.NotAllowed, $"reached maximum ({max}) of consumers per channel");

    public static ConnectionException NotImplemented(string what) => new(ReplyCode.NotImplemented, what);

    public static ConnectionException UnexpectedMethod(AmqpMethod method) => method.IsKnown()
        ? new ConnectionException(ReplyCode.CommandInvalid, $"unexpected method {method.Name()}")
        : new ConnectionException(ReplyCode.FrameError, $"unknown {method.Name()}");

    public static ConnectionException ExpectedChannelOpen() => new(ReplyCode.ChannelError, "expected 'channel.open'");

    public static ConnectionException SecondChannelOpen() => new(ReplyCode.ChannelError, "second 'channel.open' seen");

    public static ConnectionException TooManyChannels(int opened, int max) =>
        new(ReplyCode.NotAllowed, $"number of channels opened ({opened}) has reached the negotiated channel_max ({max})");

    public static ConnectionException UnexpectedMethodInState(string state) =>
        new(ReplyCode.ChannelError, $"unexpected method in connection state {state}");

    public static ConnectionException ExpectedMethod() =>
        new(ReplyCode.UnexpectedFrame, "expected method frame, got non method frame instead");

    public static ConnectionException ExpectedHeaderFrame() =>
        new(ReplyCode.UnexpectedFrame, $"expected content header for class {BasicPublish.ClassId}, got non content header frame instead");

    public static ConnectionException ExpectedHeader(ushort expected, ushort received) =>
        new(ReplyCode.UnexpectedFrame, $"expected content header for class {expected}, got one for class {received} instead");

    public static ConnectionException ExpectedBodyFrame() =>
        new(ReplyCode.UnexpectedFrame, "expected content body, got non content body frame instead");

    public static ConnectionException BodyTooLong(int received, ulong left) =>
        new(ReplyCode.FrameError, $"content body frame of {received} bytes is longer than the {left} bytes that remain of the body");

    public static ConnectionException NotOnChannelZero(FrameType type) =>
        new(ReplyCode.UnexpectedFrame, $"{type} frame on channel 0");

    public static ConnectionException ChannelFrameBeforeOpen(ushort channel) =>
        new(ReplyCode.UnexpectedFrame, $"frame on channel {channel} before connection.open");

    public static ConnectionException UnknownMechanism(string mechanism) =>
        new(ReplyCode.CommandInvalid, $"unknown authentication mechanism '{mechanism}'");

    public static ConnectionException MalformedResponse(string mechanism) =>
        new(ReplyCode.SyntaxError, $"malformed {mechanism} authentication response");

    public static ConnectionException TuneTooLow(string name, uint value, uint min) =>
        new(ReplyCode.NotAllowed, $"negotiated {name} = {value} is lower than the minimum allowed value ({min})");

    public static ConnectionException TuneTooHigh(string name, uint value, uint max) => new(
        ReplyCode.NotAllowed, value == 0
            ? $"negotiated {name} = 0 (no limit) is higher than the maximum allowed value ({max})"
            : $"negotiated {name} = {value} is higher than the maximum allowed value ({max})");

    public static ConnectionException NodeConnectionLimit(int limit) =>
        new(ReplyCode.NotAllowed, $"connection refused: node connection limit ({limit}) is reached");

    public static ConnectionException SecretRefused() =>
        new(ReplyCode.NotAllowed, "New secret was refused by one of the backends");

    public static ConnectionException ShuttingDown(string reason) =>
        new(ReplyCode.ConnectionForced, $"broker forced connection closure with reason '{reason}'");

    public static ConnectionException UnderMaintenance() => new(ReplyCode.ConnectionForced, "Node was put into maintenance mode");

    public static ConnectionException ClosedByManagement(string reason) => new(ReplyCode.ConnectionForced, reason);

    public static ConnectionException TokenExpired() => new(ReplyCode.ConnectionForced, "credential expired");

    public static ConnectionException Internal() => new(ReplyCode.InternalError, "the broker met an unexpected error; see its log");

    public static ChannelException UnknownDeliveryTag(ulong tag) => PreconditionFailed($"unknown delivery tag {tag}");

    public static ChannelException DeliveryTimedOut(ushort channel, long timeoutMs) => PreconditionFailed(
        $"delivery acknowledgement on channel {channel} timed out. Timeout value used: {timeoutMs} ms. "
        + "This timeout value can be configured, see consumers doc guide to learn more");

    public static ChannelException MessageTooLarge(ulong bytes, long max) =>
        PreconditionFailed($"message size {bytes} is larger than configured max size {max}");

    public static ChannelException TransactionTooLarge(long max) => PreconditionFailed($"transaction is larger than {max} bytes");

    public static ChannelException UserIdMismatch(string claimed, string user) =>
        PreconditionFailed($"user_id property set to '{claimed}' but authenticated user was '{user}'");

    public static ChannelException PreconditionFailed(string text) => new(ReplyCode.PreconditionFailed, text);
}
