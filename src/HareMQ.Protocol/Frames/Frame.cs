using System.Buffers.Binary;

namespace HareMQ.Protocol;

/// <summary>One frame, seen in the buffer it was received in: it lives no longer than that buffer's bytes.</summary>
/// <remarks>Layout: type u8, channel u16, payload bytes u32, payload, end octet 0xCE.</remarks>
internal readonly ref struct Frame
{
    public const int HeaderBytes = 7;

    /// <summary>Header and end octet.</summary>
    public const int OverheadBytes = HeaderBytes + 1;

    public const byte End = 0xCE;

    private Frame(FrameType type, ushort channel, ReadOnlySpan<byte> payload)
    {
        Type = type;
        Channel = channel;
        Payload = payload;
    }

    public FrameType Type { get; }

    public ushort Channel { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Reads the frame at the start of <paramref name="buffer"/>; false means that more bytes are needed.</summary>
    /// <param name="buffer">What has been received and not yet consumed.</param>
    /// <param name="frameMaxBytes">Largest frame this peer may send, header and end octet included. Never 0.</param>
    /// <param name="frame">Refers to <paramref name="buffer"/>.</param>
    /// <param name="consumedBytes">Bytes of the frame, or 0.</param>
    /// <exception cref="ConnectionException">
    /// 501 FRAME_ERROR: unknown type, payload too large (known from the header alone), wrong end octet.
    /// 505 UNEXPECTED_FRAME: a heartbeat on a channel other than 0.
    /// </exception>
    public static bool TryRead(ReadOnlySpan<byte> buffer, uint frameMaxBytes, out Frame frame, out int consumedBytes)
    {
        frame = default;
        consumedBytes = 0;
        if (buffer.Length < HeaderBytes) return false;
        var type = (FrameType)buffer[0];
        var channel = BinaryPrimitives.ReadUInt16BigEndian(buffer[1..]);
        var payloadBytes = BinaryPrimitives.ReadUInt32BigEndian(buffer[3..]);
        // Strictly the limit is 8 bytes lower; RabbitMQ grants that much grace because clients get the overhead wrong.
        if (payloadBytes > frameMaxBytes) throw Malformed.FrameTooLarge(type, payloadBytes, frameMaxBytes);
        if (type is < FrameType.Method or > FrameType.Body) CheckHeartbeat(type, channel, payloadBytes);
        if (buffer.Length < payloadBytes + (long)OverheadBytes) return false;
        var payload = buffer.Slice(HeaderBytes, (int)payloadBytes);
        var end = buffer[HeaderBytes + payload.Length];
        if (end != End) throw Malformed.FrameEnd(type, end);
        frame = new Frame(type, channel, payload);
        consumedBytes = payload.Length + OverheadBytes;
        return true;
    }

    private static void CheckHeartbeat(FrameType type, ushort channel, uint payloadBytes)
    {
        if (type != FrameType.Heartbeat) throw Malformed.UnknownFrameType(type);
        if (channel != 0) throw Malformed.HeartbeatOnChannel(channel);
        if (payloadBytes != 0) throw Malformed.HeartbeatWithPayload(payloadBytes);
    }
}
