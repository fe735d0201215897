using System.Buffers.Binary;

namespace HareMQ.Storage;

/// <summary>
/// The file beside a segment that says which of its bytes are acknowledged and how far it was delivered: a header, then blocks of
/// entries. Every checksum starts from the generation, so entries of another segment never count.
/// </summary>
/// <remarks>
/// <code>
///  header    0 "HAREMQAK"   8 u32 version   12 u32 segment   16 u64 generation   24 u32 zero   28 u32 crc32c
///  block     0 u32 magic    4 u32 entries    8 u32 crc32c    12 entries
///  entry     0 u32 kind     4 u32 start      8 u32 end
/// </code>
/// </remarks>
internal static class AckFormat
{
    public const int HeaderBytes = 32;
    public const int BlockHeaderBytes = 12;
    public const int EntryBytes = 12;

    private const uint BlockMagic = 0x4B434148; // "HACK"
    private const int HeaderCrcAt = 28;
    private const int BlockCrcAt = 8;

    private static ReadOnlySpan<byte> Magic => "HAREMQAK"u8;

    public static int BlockBytes(int entries) => BlockHeaderBytes + entries * EntryBytes;

    public static void WriteHeader(Span<byte> target, SegmentName name)
    {
        target = target[..HeaderBytes];
        target.Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], SegmentLayout.FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], name.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], name.Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(target[HeaderCrcAt..], Crc32C.Compute(target[..HeaderCrcAt]));
    }

    public static bool IsHeader(ReadOnlySpan<byte> source) =>
        source.Length >= HeaderBytes && source.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt32LittleEndian(source[HeaderCrcAt..]) == Crc32C.Compute(source[..HeaderCrcAt]);

    public static void WriteEntry(Span<byte> block, int index, AckEntryKind kind, uint start, uint end)
    {
        var entry = block.Slice(BlockBytes(index), EntryBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)kind);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], end);
    }

    public static void SealBlock(Span<byte> block, int entries, ulong generation)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block, BlockMagic);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], entries);
        BinaryPrimitives.WriteUInt32LittleEndian(block[BlockCrcAt..], BlockChecksum(block[..BlockBytes(entries)], generation));
    }

    /// <summary>Whether a whole block begins here; its entries are <see cref="ReadEntry"/>'s.</summary>
    public static bool TryReadBlock(ReadOnlySpan<byte> source, ulong generation, out int entries)
    {
        entries = 0;
        if (source.Length < BlockHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != BlockMagic) return false;
        var count = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        if (count == 0 || count > (uint)(source.Length - BlockHeaderBytes) / EntryBytes) return false;
        var block = source[..BlockBytes((int)count)];
        if (BinaryPrimitives.ReadUInt32LittleEndian(block[BlockCrcAt..]) != BlockChecksum(block, generation)) return false;
        entries = (int)count;
        return true;
    }

    public static (AckEntryKind Kind, uint Start, uint End) ReadEntry(ReadOnlySpan<byte> block, int index)
    {
        var entry = block.Slice(BlockBytes(index), EntryBytes);
        return ((AckEntryKind)BinaryPrimitives.ReadUInt32LittleEndian(entry),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]));
    }

    /// <summary>Where the next block may begin, -1 = nowhere.</summary>
    public static int FindBlock(ReadOnlySpan<byte> source)
    {
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, BlockMagic);
        return source.IndexOf(magic);
    }

    private static uint BlockChecksum(ReadOnlySpan<byte> block, ulong generation)
    {
        var state = Crc32C.Update(Crc32C.Start, generation);
        state = Crc32C.Update(state, block[..BlockCrcAt]);
        return ~Crc32C.Update(state, block[BlockHeaderBytes..]);
    }
}

/// <summary>Stored: values may be added, never changed; unknown ones are skipped.</summary>
internal enum AckEntryKind : uint
{
    /// <summary>Start to end is acknowledged.</summary>
    Acknowledged = 1,

    /// <summary>Everything before the end may have been delivered. The file's last one counts.</summary>
    DeliveredUpTo = 2,
}
