namespace HareMQ.Protocol;

/// <summary>
/// The errors that end a connection because its bytes cannot be understood: all of them "hard", their wording in one place.
/// </summary>
internal static class Malformed
{
    public static ConnectionException FrameTooLarge(FrameType type, uint payloadBytes, uint frameMaxBytes) =>
        FrameError($"type {(byte)type}, all octets = <<>>: {{frame_too_large,{payloadBytes},{frameMaxBytes - Frame.OverheadBytes}}}");

    public static ConnectionException FrameEnd(FrameType type, byte end) =>
        FrameError($"type {(byte)type}: {{invalid_frame_end_marker,{end}}}");

    public static ConnectionException UnknownFrameType(FrameType type) => FrameError($"type {(byte)type}: unknown_frame");

    public static ConnectionException HeartbeatWithPayload(uint payloadBytes) =>
        FrameError($"heartbeat with a payload of {payloadBytes} bytes");

    public static ConnectionException HeartbeatOnChannel(ushort channel) =>
        new(ReplyCode.UnexpectedFrame, $"heartbeat on channel {channel} instead of channel 0");

    public static ConnectionException MethodTooShort(AmqpMethod method) =>
        FrameError($"cannot decode {method.Name()}: its arguments end early");

    public static ConnectionException MethodTooLong(AmqpMethod method, int extraBytes) =>
        FrameError($"cannot decode {method.Name()}: {extraBytes} bytes follow its arguments");

    public static ConnectionException ShortString() => FrameError("Malformed UTF-8 in shortstr");

    public static ConnectionException ContentHeader(string what) => FrameError($"malformed content header: {what}");

    public static ConnectionException BodyTooLarge(ulong bodyBytes, ulong bodyBytesMax) =>
        FrameError($"content body size {bodyBytes} exceeds maximum allowed size {bodyBytesMax}");

    public static ConnectionException Table(string what) => new(ReplyCode.SyntaxError, $"malformed field table: {what}");

    public static ConnectionException TableTooDeep(int depthMax) => Table($"nested deeper than {depthMax} levels");

    public static ConnectionException UnknownFieldType(byte tag) => Table($"unknown type tag {tag}");

    private static ConnectionException FrameError(string what) => new(ReplyCode.FrameError, what);
}
