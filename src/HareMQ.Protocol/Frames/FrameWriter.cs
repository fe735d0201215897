using System.Buffers.Binary;

namespace HareMQ.Protocol;

/// <summary>Writes frames into a buffer that the caller has made large enough.</summary>
internal static class FrameWriter
{
    /// <summary>A whole heartbeat frame.</summary>
    public static ReadOnlySpan<byte> Heartbeat => [(byte)FrameType.Heartbeat, 0, 0, 0, 0, 0, 0, Frame.End];

    /// <summary>Writes the 7 bytes before the payload.</summary>
    public static void WriteHeader(Span<byte> destination, FrameType type, ushort channel, int payloadBytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[3..], (uint)payloadBytes);
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], channel);
        destination[0] = (byte)type;
    }

    /// <summary>Writes the end octet of a frame that starts at the start of <paramref name="destination"/>.</summary>
    public static void WriteEnd(Span<byte> destination, int payloadBytes) => destination[Frame.HeaderBytes + payloadBytes] = Frame.End;

    /// <summary>Writes a whole method frame and returns its size in bytes.</summary>
    public static int WriteMethod<TMethod>(scoped in TMethod method, Span<byte> destination, ushort channel)
        where TMethod : struct, IAmqpMethod, allows ref struct
    {
        var payloadBytes = method.EncodedBytes;
        WriteHeader(destination, FrameType.Method, channel, payloadBytes);
        method.WriteTo(destination[Frame.HeaderBytes..]);
        WriteEnd(destination, payloadBytes);
        return payloadBytes + Frame.OverheadBytes;
    }

    /// <summary>
    /// Writes a whole body frame and returns its size in bytes. The caller cuts bodies so that a frame keeps to frame-max.
    /// </summary>
    public static int WriteBody(ReadOnlySpan<byte> body, Span<byte> destination, ushort channel)
    {
        WriteHeader(destination, FrameType.Body, channel, body.Length);
        body.CopyTo(destination[Frame.HeaderBytes..]);
        WriteEnd(destination, body.Length);
        return body.Length + Frame.OverheadBytes;
    }
}
