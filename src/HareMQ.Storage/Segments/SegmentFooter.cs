using System.Buffers.Binary;

namespace HareMQ.Storage;

/// <summary>The last 64 bytes of a sealed segment's file: what recovery would otherwise have to scan for.</summary>
internal readonly record struct SegmentFooter(ulong Generation, SegmentTotals Totals, uint End)
{
    private static ReadOnlySpan<byte> Magic => "HAREMQSF"u8;

    public void Write(Span<byte> target)
    {
        target = target[..SegmentLayout.FooterBytes];
        target.Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], Totals.PersistentRecords);
        BinaryPrimitives.WriteUInt32LittleEndian(target[20..], Totals.TransientRecords);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], Totals.PersistentBodyBytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], Totals.TransientBodyBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[40..], End);
        SegmentLayout.SealFrame(target);
    }

    public static bool TryRead(ReadOnlySpan<byte> source, ulong generation, out SegmentFooter footer)
    {
        footer = default;
        if (source.Length < SegmentLayout.FooterBytes || !source.StartsWith(Magic) || !SegmentLayout.IsFrameIntact(source)) return false;
        // A recycled file carries the footer of its former life until it is sealed again.
        if (BinaryPrimitives.ReadUInt64LittleEndian(source[8..]) != generation) return false;
        var totals = new SegmentTotals
        {
            PersistentRecords = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            TransientRecords = BinaryPrimitives.ReadUInt32LittleEndian(source[20..]),
            PersistentBodyBytes = BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            TransientBodyBytes = BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
        };
        footer = new SegmentFooter(generation, totals, BinaryPrimitives.ReadUInt32LittleEndian(source[40..]));
        return true;
    }
}
