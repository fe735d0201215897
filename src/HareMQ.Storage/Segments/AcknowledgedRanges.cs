using System.Runtime.InteropServices;

namespace HareMQ.Storage;

/// <summary>The content of an acknowledgement file, read back.</summary>
internal sealed class AcknowledgedRanges
{
    public static readonly AcknowledgedRanges None = new();

    private readonly List<AckRange> _ranges = [];

    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>Where the last readable block ends: what is behind it is torn.</summary>
    public uint FileEnd { get; private set; }

    /// <summary>Bytes that could not be read as entries.</summary>
    public long DroppedBytes { get; private set; }

    /// <summary>0 = nothing was delivered.</summary>
    public uint DeliveredUpTo { get; private set; }

    public bool Contains(uint offset)
    {
        int low = 0, high = _ranges.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var range = _ranges[middle];
            if (offset < range.Start) high = middle - 1;
            else if (offset >= range.End) low = middle + 1;
            else return true;
        }
        return false;
    }

    /// <summary>Whether everything up to the end is acknowledged.</summary>
    public bool CoversUpTo(uint end) =>
        _ranges.Count == 1 && _ranges[0].Start <= SegmentLayout.FirstBlockAt + BlockHeader.Bytes && _ranges[0].End >= end;

    public static AcknowledgedRanges Read(BufferPool buffers, Segment segment)
    {
        using var lease = segment.AckFile!.Lease();
        var bytes = (int)Math.Min(lease.File.Length, Array.MaxLength);
        var buffer = buffers.Rent(bytes);
        try
        {
            return Read(buffer.AsSpan(0, lease.File.Read(buffer.AsSpan(0, bytes), 0)), segment.Name);
        }
        finally
        {
            buffers.Return(buffer);
        }
    }

    public static AcknowledgedRanges Read(ReadOnlySpan<byte> file, SegmentName name)
    {
        var acknowledged = new AcknowledgedRanges();
        var headerBytes = Math.Min(AckFormat.HeaderBytes, file.Length);
        // The checksums of the blocks know the generation, so a damaged header costs nothing.
        if (!AckFormat.IsHeader(file)) acknowledged.DroppedBytes += headerBytes;
        acknowledged.FileEnd = AckFormat.HeaderBytes;
        var at = headerBytes;
        while (at < file.Length)
        {
            if (AckFormat.TryReadBlock(file[at..], name.Generation, out var entries))
            {
                for (var i = 0; i < entries; i++) acknowledged.Add(name.Number, AckFormat.ReadEntry(file[at..], i));
                at += AckFormat.BlockBytes(entries);
                acknowledged.FileEnd = (uint)at;
                continue;
            }
            var next = AckFormat.FindBlock(file[(at + 1)..]);
            var skipped = next < 0 ? file.Length - at : next + 1;
            acknowledged.DroppedBytes += skipped;
            at += skipped;
        }
        acknowledged.Coalesce();
        return acknowledged;
    }

    private void Add(uint segment, (AckEntryKind Kind, uint Start, uint End) entry)
    {
        if (entry.Kind == AckEntryKind.DeliveredUpTo) DeliveredUpTo = entry.End;
        else if (entry.Kind == AckEntryKind.Acknowledged && entry.Start < entry.End) _ranges.Add(new AckRange(segment, entry.Start, entry.End));
    }

    private void Coalesce()
    {
        var left = AckRange.Coalesce(CollectionsMarshal.AsSpan(_ranges));
        _ranges.RemoveRange(left, _ranges.Count - left);
        _ranges.TrimExcess();
    }
}
