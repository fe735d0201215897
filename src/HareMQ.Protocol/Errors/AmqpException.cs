namespace HareMQ.Protocol;

/// <summary>
/// An error that is answered with a close method. The text is the explanation alone; the code's name is put before it on the wire.
/// </summary>
internal abstract class AmqpException(ReplyCode code, string text) : Exception($"{code.Name()} - {text}")
{
    public ReplyCode Code { get; } = code;
}

/// <summary>
/// A "soft" error (311, 312, 313, 403, 404, 405, 406): closes the channel it happened on, or the connection if that is channel 0.
/// </summary>
internal sealed class ChannelException(ReplyCode code, string text) : AmqpException(code, text);

/// <summary>A "hard" error (320, 402, 501–506, 530, 540, 541): closes the connection.</summary>
internal sealed class ConnectionException(ReplyCode code, string text) : AmqpException(code, text);
