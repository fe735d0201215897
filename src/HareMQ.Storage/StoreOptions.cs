namespace HareMQ.Storage;

internal sealed record StoreOptions
{
    /// <summary>Created if missing; belongs to one process at a time.</summary>
    public required string DataDirectory { get; init; }

    public Durability Durability { get; init; } = Durability.Fsync;

    /// <summary>Size of a log's first segment file. Each further one is four times as large, up to <see cref="MaxSegmentBytes"/>.</summary>
    public int FirstSegmentBytes { get; init; } = 64 << 10;

    /// <summary>Only a single batch that is larger gets a larger file.</summary>
    public int MaxSegmentBytes { get; init; } = 16 << 20;

    /// <summary>How many emptied segments of full size are kept for reuse, by all logs together.</summary>
    public int RecycledSegmentsMax { get; init; } = 8;

    /// <summary>How many segment and acknowledgement files may be open, of all logs together.</summary>
    public int OpenHandlesMax { get; init; } = 4096;

    /// <exception cref="ArgumentOutOfRangeException">A size makes no sense.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstSegmentBytes, SegmentLayout.BytesMin);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSegmentBytes, FirstSegmentBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(RecycledSegmentsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(OpenHandlesMax, 1);
    }
}
