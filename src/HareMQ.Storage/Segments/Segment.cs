namespace HareMQ.Storage;

/// <summary>What a log remembers of one of its segments. Touched by the log's owner only.</summary>
internal sealed class Segment(SegmentName name, StoreFile file, uint fileBytes)
{
    public SegmentName Name { get; } = name;

    public uint Number => Name.Number;

    public StoreFile File { get; } = file;

    /// <summary>Size of the file, footer included.</summary>
    public uint FileBytes { get; } = fileBytes;

    /// <summary>Where the last block ends.</summary>
    public uint End { get; set; } = SegmentLayout.FirstBlockAt;

    public SegmentTotals Totals;

    /// <summary>Records that wait for their acknowledgement, delivered or not.</summary>
    public long LiveRecords { get; set; }

    /// <summary>Records from the cursor on, and the sum of their bodies.</summary>
    public long ReadyRecords { get; set; }

    public long ReadyBodyBytes { get; set; }

    /// <summary>Written in a former life of the log: takes no appends, its transient records are dropped, some may be acknowledged.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>The counts come from reading the records, so damage does not change them any more.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Its header is unreadable: the file is set aside when it is emptied.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>Appended to since a sync was last requested.</summary>
    public bool IsUnsynced { get; set; }

    /// <summary>"Delivered up to" as last written to the acknowledgement file.</summary>
    public uint DeliveredUpTo { get; set; } = SegmentLayout.FirstBlockAt;

    /// <summary>Made with the first entry that is written to it.</summary>
    public StoreFile? AckFile { get; set; }

    /// <summary>Where the next block of entries goes.</summary>
    public uint AckEnd { get; set; }

    public bool HasRoomFor(uint blockBytes) => FileBytes - SegmentLayout.FooterBytes - End >= blockBytes;
}
