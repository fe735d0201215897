namespace HareMQ.Storage;

/// <summary>Acknowledged bytes of one segment, from the start of a record to the end of one.</summary>
internal readonly record struct AckRange(uint Segment, uint Start, uint End) : IComparable<AckRange>
{
    public int CompareTo(AckRange other) =>
        Segment != other.Segment ? Segment.CompareTo(other.Segment) : Start.CompareTo(other.Start);

    /// <summary>
    /// Joins ranges with nothing between them. A gap of a block header is nothing: the smallest record is larger, so no record fits in.
    /// </summary>
    public bool TryJoin(AckRange next, out AckRange joined)
    {
        joined = this;
        if (next.Segment != Segment || next.Start < Start) return false;
        if (next.Start > End && next.Start - End != BlockHeader.Bytes) return false;
        joined = this with { End = Math.Max(End, next.End) };
        return true;
    }

    /// <summary>Sorts and joins; returns how many are left at the front.</summary>
    public static int Coalesce(Span<AckRange> ranges)
    {
        if (ranges.IsEmpty) return 0;
        ranges.Sort();
        var last = 0;
        for (var i = 1; i < ranges.Length; i++)
        {
            if (ranges[last].TryJoin(ranges[i], out var joined)) ranges[last] = joined;
            else ranges[++last] = ranges[i];
        }
        return last + 1;
    }
}
