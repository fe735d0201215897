namespace HareMQ.Protocol;

/// <summary>The 8 bytes that a client sends before its first frame.</summary>
internal static class ProtocolHeader
{
    public const int Bytes = 8;

    /// <summary>What to send, before closing, to a client whose header is not accepted: the version that is spoken here.</summary>
    public static ReadOnlySpan<byte> Answer => Amqp091;

    private static ReadOnlySpan<byte> Amqp091 => [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 0, 9, 1];

    // Clients of the specification's 0-9 send this one; what follows is the same protocol.
    private static ReadOnlySpan<byte> Amqp09 => [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 1, 1, 0, 9];

    /// <summary>False while fewer than 8 bytes have arrived; then says whether the connection may go on with connection.start.</summary>
    public static bool TryRead(ReadOnlySpan<byte> buffer, out bool accepted)
    {
        accepted = false;
        if (buffer.Length < Bytes) return false;
        var header = buffer[..Bytes];
        accepted = header.SequenceEqual(Amqp091) || header.SequenceEqual(Amqp09);
        return true;
    }
}
