namespace HareMQ.Storage;

internal sealed partial class SegmentLog
{
    private const uint NothingUnsynced = uint.MaxValue;

    private StorageException? _failure;
    private uint _unsyncedFrom = NothingUnsynced;

    /// <summary>
    /// Writes the ranges of one batch as one block and returns where their first record is; each further one follows its predecessor
    /// directly. The batch is not kept. A segment that has no room for the block is sealed, and a new one begins.
    /// </summary>
    /// <exception cref="StorageException">An I/O error or a full disk. The log takes no more records then; reading goes on.</exception>
    public LogPosition Append(RecordBatch batch, ReadOnlySpan<RecordRange> ranges)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _services.Sync.ThrowIfFailed();
        if (_failure is not null) throw new StorageException($"{_directory} takes no more records.", _failure);

        var added = Measure(batch, ranges, out var recordsBytes);
        if (added.Records == 0) throw new ArgumentException("There is nothing to append.", nameof(ranges));
        var blockBytes = checked(BlockHeader.Bytes + recordsBytes);
        batch.Seal();
        try
        {
            var segment = _tail is { } tail && tail.HasRoomFor((uint)blockBytes) ? tail : Roll((uint)blockBytes);
            WriteBlock(segment, batch, ranges, blockBytes, added);
            return Account(segment, batch.Stamp, (uint)blockBytes, added);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            _failure = new StorageException($"{_directory} could not be written: {error.Message}", error);
            throw _failure;
        }
    }

    private static SegmentTotals Measure(RecordBatch batch, ReadOnlySpan<RecordRange> ranges, out int bytes)
    {
        var totals = default(SegmentTotals);
        bytes = 0;
        foreach (var range in ranges)
        {
            var left = batch.WrittenSpan.Slice(range.Offset, range.Bytes);
            bytes = checked(bytes + range.Bytes);
            while (!left.IsEmpty)
            {
                var record = RecordView.Parse(left);
                totals.Add(record);
                left = left[record.RecordBytes..];
            }
        }
        return totals;
    }

    private void WriteBlock(Segment segment, RecordBatch batch, ReadOnlySpan<RecordRange> ranges, int blockBytes, in SegmentTotals added)
    {
        var header = new BlockHeader(blockBytes, segment.Name.Generation, (int)added.Records, batch.Stamp);
        using var lease = segment.File.Lease();
        // Under the lease: from here on the handle stays open until it is synced.
        if (added.PersistentRecords > 0 && _services.Sync.SyncsFiles) segment.File.MarkDirty();
        if (AreContiguous(ranges))
        {
            Span<byte> headerBytes = stackalloc byte[BlockHeader.Bytes];
            header.Write(headerBytes);
            lease.File.WriteGather(headerBytes, batch.WrittenSpan.Slice(ranges[0].Offset, blockBytes - BlockHeader.Bytes), segment.End);
            return;
        }

        var scratch = _services.Buffers.Rent(blockBytes);
        try
        {
            header.Write(scratch);
            var at = BlockHeader.Bytes;
            foreach (var range in ranges)
            {
                batch.WrittenSpan.Slice(range.Offset, range.Bytes).CopyTo(scratch.AsSpan(at));
                at += range.Bytes;
            }
            lease.File.Write(scratch.AsSpan(0, blockBytes), segment.End);
        }
        finally
        {
            _services.Buffers.Return(scratch);
        }
    }

    private static bool AreContiguous(ReadOnlySpan<RecordRange> ranges)
    {
        for (var i = 1; i < ranges.Length; i++)
            if (ranges[i].Offset != ranges[i - 1].Offset + ranges[i - 1].Bytes) return false;
        return true;
    }

    private LogPosition Account(Segment segment, uint stamp, uint blockBytes, in SegmentTotals added)
    {
        var first = new LogPosition(segment.Number, segment.End + BlockHeader.Bytes);
        var wasAtEnd = AtEnd;
        segment.End += blockBytes;
        segment.Totals.PersistentRecords += added.PersistentRecords;
        segment.Totals.TransientRecords += added.TransientRecords;
        segment.Totals.PersistentBodyBytes += added.PersistentBodyBytes;
        segment.Totals.TransientBodyBytes += added.TransientBodyBytes;
        segment.LiveRecords += added.Records;
        AddReady(segment, added.Records, added.PersistentBodyBytes + added.TransientBodyBytes);
        if (added.PersistentRecords > 0) _unsyncedFrom = Math.Min(_unsyncedFrom, segment.Number);
        if (wasAtEnd)
        {
            _cursorSegment = segment;
            _reader.MoveInto(segment, first.Offset, segment.End, stamp);
        }
        return first;
    }

    private Segment Roll(uint blockBytes)
    {
        if (_tail is { } full)
        {
            Seal(full);
            if (full.LiveRecords == 0) _anyEmptied = true;
        }
        var segment = CreateSegment(Math.Max((uint)_nextSegmentBytes, SegmentLayout.HeaderBytes + blockBytes + SegmentLayout.FooterBytes));
        _segments.Add(segment);
        _tail = segment;
        _nextSegmentBytes = (int)Math.Min((long)_nextSegmentBytes * GrowthFactor, _services.Options.MaxSegmentBytes);
        return segment;
    }

    private static void Seal(Segment segment)
    {
        Span<byte> footer = stackalloc byte[SegmentLayout.FooterBytes];
        new SegmentFooter(segment.Name.Generation, segment.Totals, segment.End).Write(footer);
        using var lease = segment.File.Lease();
        lease.File.Write(footer, segment.FileBytes - SegmentLayout.FooterBytes);
    }

    private Segment CreateSegment(uint fileBytes)
    {
        var isNewDirectory = !_directoryExists;
        if (isNewDirectory) _services.Files.CreateDirectory(_directory);
        _directoryExists = true;

        var name = SegmentName.Create(_lastNumber + 1);
        var storeFile = _services.NewFile(_directory, name.SegmentFile);
        Span<byte> header = stackalloc byte[SegmentLayout.HeaderBytes];
        new SegmentHeader(SegmentLayout.FormatVersion, name.Number, _id, name.Generation).Write(header);
        var recycled = fileBytes == (uint)_services.Options.MaxSegmentBytes ? _services.Recycled.TryTake(storeFile.Path, header) : null;
        var file = recycled ?? CreateFile(storeFile.Path, fileBytes, header);
        _lastNumber = name.Number;
        storeFile.MarkNewName(isNewDirectory);
        storeFile.Adopt(file);
        return new Segment(name, storeFile, fileBytes);
    }

    private IFile CreateFile(string path, uint fileBytes, ReadOnlySpan<byte> header)
    {
        var file = _services.Files.Create(path, fileBytes);
        try
        {
            file.Write(header, 0);
        }
        catch
        {
            file.Dispose();
            _services.Files.Delete(path);
            throw;
        }
        return file;
    }
}
