using System.Runtime.InteropServices;

namespace HareMQ.Storage;

/// <summary>Something done with a record, which must not be kept.</summary>
internal delegate void RecordAction(in RecordView record);

internal sealed partial class SegmentLog
{
    // The segment that the reader stands in; null while there is none.
    private Segment? _cursorSegment;
    private int _peekedBodyBytes;
    private bool _readThisTurn;

    // Of a former life, for the segment that the reader stands in.
    private AcknowledgedRanges? _acknowledged;
    private Segment? _acknowledgedOf;

    // The last record that was read by its position.
    private byte[]? _single;

    /// <summary>The record at the cursor, past damaged ones and those that are done with. Valid until the next call on this log.</summary>
    /// <param name="record">Empty when there is none.</param>
    /// <param name="position">Where it is.</param>
    /// <param name="willDeliver">From now on the record counts as maybe delivered.</param>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public bool TryPeek(out RecordView record, out LogPosition position, bool willDeliver = true)
    {
        try
        {
            return TryPeekCore(out record, out position, willDeliver);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{_directory} could not be read: {error.Message}", error);
        }
    }

    /// <summary>What the record at the cursor lies in, if it is a large one: whoever retains it may keep the record.</summary>
    public RecordBatch? PeekedMemory => _reader.Memory;

    /// <summary>Past the record that <see cref="TryPeek"/> returned.</summary>
    public void Advance()
    {
        if (!_reader.HasRecord) throw new InvalidOperationException("No record was peeked at in this turn.");
        _reader.Advance();
        AddReady(_cursorSegment!, -1, -_peekedBodyBytes);
        if (AtEnd) MoveCursorToEnd();
    }

    /// <summary>
    /// Past records that were delivered from the memory of the batch just appended, up to the end of one of them.
    /// Call it before the deliveries leave, so that a crash between finds them marked as maybe delivered.
    /// </summary>
    public void AdvanceTo(LogPosition end)
    {
        if (end == End && ReferenceEquals(_cursorSegment, _tail) && _tail is { } tail)
        {
            NoteDelivery(tail, end.Offset - 1);
            AddReady(tail, -tail.ReadyRecords, -tail.ReadyBodyBytes);
            MoveCursorToEnd();
            return;
        }
        while (Cursor < end && TryPeek(out _, out var position) && position < end) Advance();
    }

    /// <summary>A record that was delivered before. Valid until the next call on this log.</summary>
    /// <exception cref="RecordDamagedException">Its checksum is wrong, or there is no such record.</exception>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public RecordView Read(LogPosition position, int recordBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(recordBytes, RecordLayout.HeaderBytes);
        var segment = Find(position.Segment) ?? throw new RecordDamagedException(position, _directory);
        if (!_reader.TryGetBuffered(segment, position.Offset, recordBytes, out var bytes))
            bytes = ReadSingle(segment, position.Offset, recordBytes);
        if (!RecordView.TryParse(bytes, out var record) || record.RecordBytes != recordBytes)
            throw new RecordDamagedException(position, _directory);
        return record;
    }

    /// <summary>Whether a record of an earlier run may have reached a consumer: the broker marks it as redelivered.</summary>
    public bool MayHaveBeenDelivered(LogPosition position) => position < _recoveredDeliveredUpTo;

    /// <summary>Reads all records from the cursor to the end, without moving it. Damaged ones are passed over; whoever reads on finds them.</summary>
    /// <exception cref="StorageException">A file cannot be read.</exception>
    public void ForEachReady(RecordAction action)
    {
        if (AtEnd) return;
        var reader = new SegmentReader(_services.Buffers);
        try
        {
            for (var i = _segments.IndexOf(_cursorSegment!); i < _segments.Count; i++)
            {
                var segment = _segments[i];
                if (ReferenceEquals(segment, _cursorSegment)) reader.MoveTo(_reader);
                else reader.MoveTo(segment, SegmentLayout.FirstBlockAt);
                while (reader.TryPeek(segment.End, out var record))
                {
                    if (!segment.IsRecovered || !IsDone(segment, record, reader.Offset)) action(record);
                    reader.Advance();
                }

                reader.TakeDamages();
            }
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{_directory} could not be read: {error.Message}", error);
        }
        finally
        {
            reader.ReleaseBuffer();
        }
    }

    private bool TryPeekCore(out RecordView record, out LogPosition position, bool willDeliver)
    {
        if (AtEnd)
        {
            record = default;
            position = default;
            return false;
        }
        while (ReadyRecords > 0)
        {
            var segment = _cursorSegment!;
            _readThisTurn = true;
            var found = _reader.TryPeek(segment.End, out record);
            if (_reader.HasDamage) OnDamage(segment);
            if (!found)
            {
                LeaveSegment(segment);
                continue;
            }
            if (segment.IsRecovered && IsDone(segment, record))
            {
                _reader.Advance();
                continue;
            }
            position = new LogPosition(segment.Number, _reader.Offset);
            _peekedBodyBytes = record.BodyBytes;
            if (willDeliver) NoteDelivery(segment, position.Offset);
            return true;
        }
        if (_cursorSegment is not null) MoveCursorToEnd();
        record = default;
        position = default;
        return false;
    }

    /// <summary>Nothing is left in the segment. If more was expected, the counts were wrong: the file lost what it once held.</summary>
    private void LeaveSegment(Segment segment)
    {
        var unread = segment.End - _reader.Offset;
        if (unread > 0) StorageLog.RangeDropped(_services.Logger, _directory, segment.Number, _reader.Offset, unread, "no block header");
        Lose(segment, segment.ReadyRecords, segment.ReadyBodyBytes);
        var next = _segments.IndexOf(segment) + 1;
        MoveCursorTo(next < _segments.Count ? _segments[next] : null);
    }

    private void OnDamage(Segment segment)
    {
        var damages = _reader.TakeDamages();
        if (segment.IsCounted) return;
        foreach (var damage in CollectionsMarshal.AsSpan(damages))
            StorageLog.RangeDropped(_services.Logger, _directory, segment.Number, damage.Offset, damage.Bytes, damage.Reason);

        // Count what is left once, exactly: further damage in this segment is then known as well.
        segment.IsCounted = true;
        long records = 0, bodyBytes = 0;
        var reader = new SegmentReader(_services.Buffers);
        reader.MoveTo(_reader);
        while (reader.TryPeek(segment.End, out var record))
        {
            if (!segment.IsRecovered || !IsDone(segment, record, reader.Offset))
            {
                records++;
                bodyBytes += record.BodyBytes;
            }
            reader.Advance();
        }
        foreach (var damage in CollectionsMarshal.AsSpan(reader.TakeDamages()))
            StorageLog.RangeDropped(_services.Logger, _directory, segment.Number, damage.Offset, damage.Bytes, damage.Reason);
        reader.ReleaseBuffer();
        Lose(segment, segment.ReadyRecords - records, segment.ReadyBodyBytes - bodyBytes);
    }

    private void Lose(Segment segment, long records, long bodyBytes)
    {
        AddReady(segment, -records, -bodyBytes);
        segment.LiveRecords -= records;
        if (segment.LiveRecords == 0) _anyEmptied = true;
    }

    private bool IsDone(Segment segment, in RecordView record) => IsDone(segment, record, _reader.Offset);

    private bool IsDone(Segment segment, in RecordView record, uint offset)
    {
        if (!record.IsPersistent) return true;
        if (segment.AckFile is null) return false;
        if (!ReferenceEquals(_acknowledgedOf, segment))
        {
            _acknowledged = AcknowledgedRanges.Read(_services.Buffers, segment);
            _acknowledgedOf = segment;
        }
        return _acknowledged!.Contains(offset);
    }

    private void AddReady(Segment segment, long records, long bodyBytes)
    {
        segment.ReadyRecords += records;
        segment.ReadyBodyBytes += bodyBytes;
        ReadyRecords += records;
        ReadyBodyBytes += bodyBytes;
    }

    private void MoveCursorTo(Segment? segment)
    {
        _cursorSegment = segment;
        _acknowledged = null;
        _acknowledgedOf = null;
        if (segment is not null) _reader.MoveTo(segment, SegmentLayout.FirstBlockAt);
    }

    private void MoveCursorToEnd()
    {
        var last = _segments[^1];
        if (!ReferenceEquals(last, _cursorSegment)) MoveCursorTo(last);
        _reader.MoveTo(last, last.End);
    }

    private ReadOnlySpan<byte> ReadSingle(Segment segment, uint offset, int bytes)
    {
        if (_single is null || _single.Length < bytes)
        {
            ReleaseSingle();
            _single = _services.Buffers.Rent(bytes);
        }
        try
        {
            using var lease = segment.File.Lease();
            return _single.AsSpan(0, lease.File.Read(_single.AsSpan(0, bytes), offset));
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{_directory} could not be read: {error.Message}", error);
        }
    }

    private void ReleaseIdleBuffers()
    {
        ReleaseSingle();
        if (_reader.HoldsBuffer && (AtEnd || !_readThisTurn || _services.Buffers.IsTight)) _reader.ReleaseBuffer();
        _readThisTurn = false;
    }

    private void ReleaseSingle()
    {
        if (_single is null) return;
        _services.Buffers.Return(_single);
        _single = null;
    }
}
