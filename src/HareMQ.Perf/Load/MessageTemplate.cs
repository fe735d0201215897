using System.Buffers;
using System.Buffers.Binary;
using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>What all messages of a publisher have in common, and the keys and sizes they go through.</summary>
internal sealed record MessageTemplate
{
    public required string Exchange { get; init; }

    /// <summary>Used in turn.</summary>
    public required IReadOnlyList<string> RoutingKeys { get; init; }

    /// <summary>For each key the number of queues that get the message; empty if nobody knows.</summary>
    public IReadOnlyList<int> Copies { get; init; } = [];

    public SizeRange BodyBytes { get; init; }

    public bool Mandatory { get; init; }

    public bool Persistent { get; init; }

    public byte? Priority { get; init; }

    public FieldTable Headers { get; init; } = FieldTable.Empty;

    /// <summary>Flags word and property list, as a content header carries them.</summary>
    public byte[] EncodeProperties()
    {
        var flags = BasicPropertyFlags.DeliveryMode;
        var list = new ArrayBufferWriter<byte>();
        if (Headers.Count > 0)
        {
            flags |= BasicPropertyFlags.Headers;
            BinaryPrimitives.WriteInt32BigEndian(list.GetSpan(sizeof(int)), Headers.Encoded.Length);
            list.Advance(sizeof(int));
            list.Write(Headers.Encoded.Span);
        }

        list.Write([Persistent ? (byte)2 : (byte)1]);
        if (Priority is { } priority)
        {
            flags |= BasicPropertyFlags.Priority;
            list.Write([priority]);
        }

        var encoded = new byte[sizeof(ushort) + list.WrittenCount];
        BinaryPrimitives.WriteUInt16BigEndian(encoded, (ushort)flags);
        list.WrittenSpan.CopyTo(encoded.AsSpan(sizeof(ushort)));
        return encoded;
    }
}
