using System.Buffers.Binary;

namespace HareMQ.Storage;

/// <summary>The first 64 bytes of a segment file.</summary>
internal readonly record struct SegmentHeader(uint Version, uint Number, ulong LogId, ulong Generation)
{
    private static ReadOnlySpan<byte> Magic => "HAREMQSG"u8;

    public void Write(Span<byte> target)
    {
        target = target[..SegmentLayout.HeaderBytes];
        target.Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], LogId);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], Generation);
        SegmentLayout.SealFrame(target);
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out SegmentHeader header)
    {
        header = default;
        if (source.Length < SegmentLayout.HeaderBytes || !source.StartsWith(Magic) || !SegmentLayout.IsFrameIntact(source)) return false;
        header = new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[24..]));
        return true;
    }
}
