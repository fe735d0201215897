namespace HareMQ.Storage;

/// <summary>
/// The records of one queue, in order of arrival: appended in batches, read by one cursor, acknowledged in any order.
/// Nothing is kept in memory per record. Touched by its owner only; the store's shared parts look after themselves.
/// </summary>
internal sealed partial class SegmentLog : IDisposable
{
    private const int GrowthFactor = 4;

    private readonly StoreServices _services;
    private readonly string _directory;
    private readonly ulong _id;
    private readonly SegmentReader _reader;

    // Oldest first; all but the tail are sealed. The tail is the last one, or null before the first append of this run.
    private readonly List<Segment> _segments;
    private Segment? _tail;
    private Segment? _lastFound;
    private uint _lastNumber;
    private bool _directoryExists;
    private bool _anyEmptied;
    private bool _closed;
    private int _nextSegmentBytes;

    // Where the log ends while it has no segment.
    private LogPosition _endBefore;

    /// <summary>Opens the log of that directory, or prepares a new one: no file and no directory is made before the first append.</summary>
    /// <exception cref="StorageException">A file cannot be read, or was written by a newer version.</exception>
    public SegmentLog(StoreServices services, string directory, ulong id)
    {
        _services = services;
        _directory = directory;
        _id = id;
        _reader = new SegmentReader(services.Buffers);
        var recovery = new SegmentRecovery(services, directory, id);
        recovery.Run();

        _segments = recovery.Segments;
        _lastNumber = recovery.LastNumber;
        _directoryExists = recovery.DirectoryExists;
        _recoveredDeliveredUpTo = recovery.DeliveredUpTo;
        _endBefore = new LogPosition(_lastNumber, 0);
        _nextSegmentBytes = services.Options.FirstSegmentBytes;
        foreach (var segment in _segments)
        {
            ReadyRecords += segment.ReadyRecords;
            ReadyBodyBytes += segment.ReadyBodyBytes;
            _nextSegmentBytes = (int)Math.Clamp(segment.FileBytes, (uint)_nextSegmentBytes, (uint)services.Options.MaxSegmentBytes);
        }
        if (_segments.Count == 0) return;
        _cursorSegment = _segments[0];
        _reader.MoveTo(_cursorSegment, SegmentLayout.FirstBlockAt);
    }

    /// <summary>The next record to be read, or the header of the block before it.</summary>
    public LogPosition Cursor => _cursorSegment is null ? End : new LogPosition(_cursorSegment.Number, _reader.Offset);

    /// <summary>Behind the last record.</summary>
    public LogPosition End => _segments.Count == 0 ? _endBefore : new LogPosition(_segments[^1].Number, _segments[^1].End);

    public bool AtEnd => ReadyRecords == 0;

    /// <summary>Records from the cursor to the end.</summary>
    public long ReadyRecords { get; private set; }

    /// <summary>The sum of their bodies.</summary>
    public long ReadyBodyBytes { get; private set; }

    /// <summary>Files of this log, for the curious.</summary>
    public int SegmentCount => _segments.Count;

    /// <summary>Ends the owner's turn: writes acknowledgements, lets emptied segments go, gives idle buffers back.</summary>
    public void EndTurn()
    {
        FlushAcknowledgements();
        if (_anyEmptied) RemoveEmptied();
        ReleaseIdleBuffers();
    }

    /// <summary>For a queue that has been empty for long: lets its last file go as well, and begins small again.</summary>
    public void ReleaseEmptyTail()
    {
        if (_tail is not { LiveRecords: 0 }) return;
        _tail = null;
        _nextSegmentBytes = _services.Options.FirstSegmentBytes;
        EndTurn();
        RemoveEmptied();
    }

    /// <summary>Completes once every persistent record appended so far is on stable storage.</summary>
    public void RequestSync(ISyncCompletion completion)
    {
        StoreFile? last = null;
        for (var i = _segments.Count - 1; i >= 0 && _segments[i].Number >= _unsyncedFrom; i--)
        {
            if (last is not null) _services.Sync.Enqueue(last);
            last = _segments[i].File;
        }
        _unsyncedFrom = NothingUnsynced;
        _services.Sync.Request(last, completion);
    }

    /// <summary>Takes the log off the disk; it cannot be used afterwards.</summary>
    /// <exception cref="StorageException">Some of it is still there.</exception>
    public void Delete()
    {
        if (_closed) return;
        Close();
        try
        {
            foreach (var segment in _segments) _services.Discard(segment);
            if (_directoryExists) _services.Files.DeleteDirectory(_directory);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{_directory} could not be deleted: {error.Message}", error);
        }
    }

    /// <summary>Leaves the log as the next run likes to find it: sealed, with the exact place up to which it was delivered.</summary>
    public void Dispose()
    {
        if (_closed) return;
        FlushAcknowledgements();
        RemoveEmptied();
        WriteExactDelivery();
        Close();
        try
        {
            if (_tail is { LiveRecords: 0 }) _services.Discard(_tail);
            else if (_tail is not null) Seal(_tail);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            StorageLog.NotClosedCleanly(_services.Logger, error, _directory);
        }
        foreach (var segment in _segments) LetGo(segment);
    }

    private void Close()
    {
        _closed = true;
        _reader.ReleaseBuffer();
        ReleaseSingle();
    }

    private void LetGo(Segment segment)
    {
        segment.AckFile?.Retire();
        // Somebody may wait for its sync: then its handle stays until the store closes or needs it.
        if (segment.File.IsDirty) _services.Sync.Enqueue(segment.File);
        else segment.File.Retire();
    }

    private void RemoveEmptied()
    {
        _anyEmptied = false;
        var end = End;
        var kept = 0;
        for (var i = 0; i < _segments.Count; i++)
        {
            var segment = _segments[i];
            if (segment.LiveRecords > 0 || ReferenceEquals(segment, _tail))
            {
                _segments[kept++] = segment;
                continue;
            }
            if (ReferenceEquals(segment, _cursorSegment)) MoveCursorTo(i + 1 < _segments.Count ? _segments[i + 1] : null);
            Remove(segment);
        }
        _segments.RemoveRange(kept, _segments.Count - kept);
        _lastFound = null;
        if (kept == 0) _endBefore = end;
    }

    private void Remove(Segment segment)
    {
        try
        {
            if (segment.IsDamaged)
            {
                _services.SetAside(_directory, segment.File);
                if (segment.AckFile is not null) _services.SetAside(_directory, segment.AckFile);
            }
            else
            {
                _services.Discard(segment);
            }
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            StorageLog.SegmentNotRemoved(_services.Logger, error, _directory, segment.Number);
        }
    }

    private Segment? Find(uint number)
    {
        if (_lastFound is { } last && last.Number == number) return last;
        int low = 0, high = _segments.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var segment = _segments[middle];
            if (segment.Number == number) return _lastFound = segment;
            if (segment.Number < number) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }
}
