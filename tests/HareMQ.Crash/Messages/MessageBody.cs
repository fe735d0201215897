using System.Buffers.Binary;

namespace HareMQ.Crash.Messages;

/// <summary>Bodies whose length and every byte follow from the message's id, so that nothing else passes for them.</summary>
/// <remarks>
/// <code>
///  0           4          12       20
///  | publisher | sequence | mixed  | bytes drawn from the mixed number
///  | i32       | i64      | u64    |
/// </code>
/// </remarks>
internal static class MessageBody
{
    public const int BytesMin = 20;
    private const int LargestBytes = 200 * 1024;

    public static byte[] Create(MessageId id, int? bytes = null)
    {
        var body = new byte[bytes ?? SizeOf(id)];
        BinaryPrimitives.WriteInt32LittleEndian(body, id.Publisher);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(4), id.Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(12), id.Mixed);
        var state = id.Mixed;
        var rest = body.AsSpan(BytesMin);
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
            BinaryPrimitives.WriteUInt64LittleEndian(rest, SplitMix.Next(ref state));
        for (var i = 0; i < rest.Length; i++) rest[i] = (byte)SplitMix.Next(ref state);
        return body;
    }

    /// <summary>Whether the body is whole, and whose it is.</summary>
    /// <param name="body">As received.</param>
    /// <param name="bytes">Its size, where that does not follow from the id.</param>
    /// <param name="id">The message it belongs to.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, int? bytes, out MessageId id)
    {
        id = default;
        if (body.Length < BytesMin) return false;
        id = new MessageId(BinaryPrimitives.ReadInt32LittleEndian(body), BinaryPrimitives.ReadInt64LittleEndian(body[4..]));
        return body.Length == (bytes ?? SizeOf(id)) && body.SequenceEqual(Create(id, bytes));
    }

    /// <summary>Mostly small, one in a hundred of 200 KB, which is more than a frame and more than a first segment.</summary>
    public static int SizeOf(MessageId id)
    {
        var state = id.Mixed;
        var kind = SplitMix.Next(ref state) % 100;
        var share = SplitMix.Next(ref state);
        return kind switch
        {
            < 70 => BytesMin + (int)(share % 180),
            < 92 => 200 + (int)(share % 4096),
            < 99 => 4096 + (int)(share % 28_000),
            _ => LargestBytes,
        };
    }
}
