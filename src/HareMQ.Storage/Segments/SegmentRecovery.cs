namespace HareMQ.Storage;

/// <summary>Reads a log's directory back: which segments there are, where they end and what in them still waits.</summary>
internal sealed class SegmentRecovery(StoreServices services, string directory, ulong logId)
{
    private readonly SegmentReader _reader = new(services.Buffers);

    /// <summary>Oldest first, those with live records only; the others are gone afterwards.</summary>
    public List<Segment> Segments { get; } = [];

    /// <summary>The highest number in use so far, 0 = none.</summary>
    public uint LastNumber { get; private set; }

    /// <summary>Whether it had been made before; a log that never took a record has no directory.</summary>
    public bool DirectoryExists { get; private set; }

    /// <summary>Everything before it may have been delivered.</summary>
    public LogPosition DeliveredUpTo { get; private set; }

    public void Run()
    {
        var names = new List<SegmentName>();
        var acks = new HashSet<SegmentName>();
        foreach (var file in services.Files.ListFiles(directory))
        {
            if (SegmentName.TryParse(file, SegmentName.SegmentSuffix, out var name)) names.Add(name);
            else if (SegmentName.TryParse(file, SegmentName.AckSuffix, out var ackName)) acks.Add(ackName);
        }
        DirectoryExists = services.Files.DirectoryExists(directory);
        names.Sort(static (left, right) => left.Number.CompareTo(right.Number));
        try
        {
            foreach (var name in names) Recover(name, hasAcks: acks.Remove(name));
        }
        finally
        {
            _reader.ReleaseBuffer();
        }
        foreach (var orphan in acks) services.Files.Delete(Path.Combine(directory, orphan.AckFile));
    }

    private void Recover(SegmentName name, bool hasAcks)
    {
        var file = services.NewFile(directory, name.SegmentFile);
        // Two files of one number: the file system lost track of a deletion. Positions must be unique, so the second one is kept aside.
        if (name.Number == LastNumber && LastNumber != 0)
        {
            services.SetAside(directory, file);
            return;
        }
        LastNumber = name.Number;

        var state = ReadFrame(name, file, out var fileBytes, out var footer);
        var segment = new Segment(name, file, fileBytes) { IsRecovered = true, IsDamaged = state == HeaderState.Unreadable };
        var acknowledged = ReadAcknowledgements(segment, hasAcks);

        if (footer is { } sealedAt)
        {
            segment.Totals = sealedAt.Totals;
            segment.End = sealedAt.End;
            if (acknowledged.IsEmpty) SetLive(segment, segment.Totals.PersistentRecords, segment.Totals.PersistentBodyBytes);
            else if (!acknowledged.CoversUpTo(segment.End)) Count(segment, acknowledged, segment.End);
        }
        else
        {
            Scan(segment, acknowledged);
        }

        if (state == HeaderState.Unreadable && segment.Totals.Records == 0)
        {
            SetAside(segment);
            return;
        }
        if (state == HeaderState.Unreadable) StorageLog.HeaderUnreadable(services.Logger, directory, name.Number, segment.LiveRecords);
        if (segment.LiveRecords == 0)
        {
            if (segment.IsDamaged) SetAside(segment);
            else services.Discard(segment);
            return;
        }
        if (footer is null) Seal(segment);
        Segments.Add(segment);
    }

    private HeaderState ReadFrame(SegmentName name, StoreFile file, out uint fileBytes, out SegmentFooter? footer)
    {
        footer = null;
        using var lease = file.Lease();
        Span<byte> frame = stackalloc byte[SegmentLayout.HeaderBytes];
        fileBytes = (uint)Math.Min(lease.File.Length, uint.MaxValue);
        if (fileBytes < SegmentLayout.HeaderBytes) return fileBytes == 0 ? HeaderState.Stale : HeaderState.Unreadable;

        frame = frame[..lease.File.Read(frame, 0)];
        HeaderState state;
        if (SegmentHeader.TryRead(frame, out var header))
        {
            if (header.Version > SegmentLayout.FormatVersion)
                throw new StorageException($"{file.Path} was written by a newer version (format {header.Version}).");
            var isOurs = header.Generation == name.Generation && header.Number == name.Number && header.LogId == logId;
            state = isOurs ? HeaderState.Good : HeaderState.Stale;
        }
        else
        {
            state = frame.IndexOfAnyExcept((byte)0) < 0 ? HeaderState.Stale : HeaderState.Unreadable;
        }

        var footerBytes = lease.File.Read(frame, fileBytes - SegmentLayout.FooterBytes);
        if (footerBytes == SegmentLayout.FooterBytes && SegmentFooter.TryRead(frame, name.Generation, out var found)
            && found.End >= SegmentLayout.FirstBlockAt && found.End <= fileBytes - SegmentLayout.FooterBytes)
            footer = found;
        return state;
    }

    private AcknowledgedRanges ReadAcknowledgements(Segment segment, bool hasAcks)
    {
        if (!hasAcks) return AcknowledgedRanges.None;
        segment.AckFile = services.NewFile(directory, segment.Name.AckFile);
        var acknowledged = AcknowledgedRanges.Read(services.Buffers, segment);
        segment.AckEnd = acknowledged.FileEnd;
        if (acknowledged.DroppedBytes > 0)
        {
            StorageLog.AcknowledgementsDropped(services.Logger, directory, segment.Number, acknowledged.DroppedBytes);
            using var lease = segment.AckFile.Lease();
            Span<byte> header = stackalloc byte[AckFormat.HeaderBytes];
            AckFormat.WriteHeader(header, segment.Name);
            lease.File.Write(header, 0);
            lease.File.SetLength(acknowledged.FileEnd);
        }
        if (acknowledged.DeliveredUpTo > 0)
        {
            segment.DeliveredUpTo = acknowledged.DeliveredUpTo;
            DeliveredUpTo = new LogPosition(segment.Number, acknowledged.DeliveredUpTo);
        }
        return acknowledged;
    }

    /// <summary>A segment that was not sealed: everything in it is read, and its end is where the last good block ends.</summary>
    private void Scan(Segment segment, AcknowledgedRanges acknowledged)
    {
        segment.End = Count(segment, acknowledged, segment.FileBytes);
        if (segment.Totals.Records > 0)
            StorageLog.TailRecovered(services.Logger, directory, segment.Number, segment.Totals.Records, segment.End);
    }

    /// <summary>Reads every record; returns where the good ones end.</summary>
    private uint Count(Segment segment, AcknowledgedRanges acknowledged, uint limit)
    {
        if (limit <= SegmentLayout.FirstBlockAt) return SegmentLayout.FirstBlockAt;
        long live = 0, liveBodyBytes = 0;
        var totals = default(SegmentTotals);
        _reader.MoveTo(segment, SegmentLayout.FirstBlockAt);
        while (_reader.TryPeek(limit, out var record))
        {
            totals.Add(record);
            if (record.IsPersistent && !acknowledged.Contains(_reader.Offset))
            {
                live++;
                liveBodyBytes += record.BodyBytes;
            }
            _reader.Advance();
        }
        foreach (var damage in _reader.TakeDamages())
            StorageLog.RangeDropped(services.Logger, directory, segment.Number, damage.Offset, damage.Bytes, damage.Reason);
        segment.Totals = totals;
        SetLive(segment, live, liveBodyBytes);
        segment.IsCounted = true;
        return _reader.Offset;
    }

    private static void SetLive(Segment segment, long records, long bodyBytes)
    {
        segment.LiveRecords = segment.ReadyRecords = records;
        segment.ReadyBodyBytes = bodyBytes;
    }

    /// <summary>So that it is scanned once only. A file that lost its end grows by the footer.</summary>
    private static void Seal(Segment segment)
    {
        Span<byte> footer = stackalloc byte[SegmentLayout.FooterBytes];
        new SegmentFooter(segment.Name.Generation, segment.Totals, segment.End).Write(footer);
        var at = Math.Max(segment.End, (long)segment.FileBytes - SegmentLayout.FooterBytes);
        using var lease = segment.File.Lease();
        lease.File.Write(footer, at);
    }

    private void SetAside(Segment segment)
    {
        services.SetAside(directory, segment.File);
        if (segment.AckFile is not null) services.SetAside(directory, segment.AckFile);
    }

    private enum HeaderState
    {
        Good,

        /// <summary>Not written yet when the power went, or of the file's life before.</summary>
        Stale,

        Unreadable,
    }
}
