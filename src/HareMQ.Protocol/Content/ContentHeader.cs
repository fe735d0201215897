using System.Buffers.Binary;

namespace HareMQ.Protocol;

/// <summary>What follows a method with content: how long the body is, and its properties, still encoded.</summary>
/// <remarks>Layout: class id u16, weight u16 (0), body bytes u64, property flags u16, properties.</remarks>
internal readonly ref struct ContentHeader(ushort classId, ulong bodyBytes, ReadOnlySpan<byte> properties)
{
    /// <summary>RabbitMQ's own bound, far above the configurable one: a larger size is taken for garbage and ends the connection.</summary>
    public const ulong BodyBytesMax = 512 * 1024 * 1024;

    private const int WeightOffset = 2;
    private const int BodyBytesOffset = 4;
    private const int PropertiesOffset = 12;

    public ushort ClassId { get; } = classId;

    public ulong BodyBytes { get; } = bodyBytes;

    /// <summary>Flags word and property list, verbatim: what <see cref="BasicProperties.Read"/> takes.</summary>
    public ReadOnlySpan<byte> Properties { get; } = properties;

    /// <summary>Bytes of the whole frame.</summary>
    public int FrameBytes => Frame.OverheadBytes + PropertiesOffset + Properties.Length;

    /// <exception cref="ConnectionException">
    /// 501 FRAME_ERROR: cut off, weight other than 0, or a body beyond <see cref="BodyBytesMax"/>.
    /// </exception>
    public static ContentHeader Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < PropertiesOffset + sizeof(ushort)) throw Malformed.ContentHeader("cut off");
        if (BinaryPrimitives.ReadUInt16BigEndian(payload[WeightOffset..]) != 0) throw Malformed.ContentHeader("its weight is not 0");
        var bodyBytes = BinaryPrimitives.ReadUInt64BigEndian(payload[BodyBytesOffset..]);
        if (bodyBytes > BodyBytesMax) throw Malformed.BodyTooLarge(bodyBytes, BodyBytesMax);
        return new ContentHeader(BinaryPrimitives.ReadUInt16BigEndian(payload), bodyBytes, payload[PropertiesOffset..]);
    }

    /// <summary>Writes the whole frame and returns <see cref="FrameBytes"/>.</summary>
    public int WriteFrame(Span<byte> destination, ushort channel)
    {
        var payloadBytes = PropertiesOffset + Properties.Length;
        FrameWriter.WriteHeader(destination, FrameType.Header, channel, payloadBytes);
        var payload = destination[Frame.HeaderBytes..];
        BinaryPrimitives.WriteUInt16BigEndian(payload, ClassId);
        BinaryPrimitives.WriteUInt16BigEndian(payload[WeightOffset..], 0);
        BinaryPrimitives.WriteUInt64BigEndian(payload[BodyBytesOffset..], BodyBytes);
        Properties.CopyTo(payload[PropertiesOffset..]);
        FrameWriter.WriteEnd(destination, payloadBytes);
        return payloadBytes + Frame.OverheadBytes;
    }
}
