using System.Runtime.InteropServices;

namespace HareMQ.Storage;

internal sealed partial class SegmentLog
{
    // One write per so many bytes delivered; after a crash up to so much is marked as redelivered without need.
    private const uint DeliveredStepBytes = 256 << 10;
    private const int EntriesPerBlockMax = 4096;
    private const int KeptPendingMax = 1024;
    private const int SmallWriteBytes = 256;

    private readonly LogPosition _recoveredDeliveredUpTo;
    private readonly List<AckRange> _pending = [];

    /// <summary>The record is done with. Written down when the turn ends; lost in a crash before, which makes a redelivery.</summary>
    /// <exception cref="InvalidOperationException">It was acknowledged before.</exception>
    public void Acknowledge(LogPosition position, int recordBytes)
    {
        if (Find(position.Segment) is not { LiveRecords: > 0 } segment)
            throw new InvalidOperationException($"The record at {position} of {_directory} was acknowledged before.");
        Done(segment, 1);
        AddPending(segment, new AckRange(position.Segment, position.Offset, position.Offset + (uint)recordBytes));
    }

    /// <summary>Acknowledges everything from the cursor to the end; returns how many.</summary>
    public long Purge()
    {
        var purged = ReadyRecords;
        if (purged == 0) return 0;
        foreach (var segment in CollectionsMarshal.AsSpan(_segments))
        {
            if (segment.ReadyRecords == 0) continue;
            var from = ReferenceEquals(segment, _cursorSegment) ? _reader.Offset : SegmentLayout.FirstBlockAt;
            AddPending(segment, new AckRange(segment.Number, from, segment.End));
            Done(segment, segment.ReadyRecords);
            AddReady(segment, -segment.ReadyRecords, -segment.ReadyBodyBytes);
        }
        MoveCursorToEnd();
        return purged;
    }

    private void Done(Segment segment, long records)
    {
        segment.LiveRecords -= records;
        if (segment.LiveRecords == 0 && !ReferenceEquals(segment, _tail)) _anyEmptied = true;
    }

    private void AddPending(Segment segment, AckRange range)
    {
        // Where nothing survives a restart, nothing needs to be known after one.
        if (segment.Totals.PersistentRecords == 0) return;
        var pending = CollectionsMarshal.AsSpan(_pending);
        if (!pending.IsEmpty && pending[^1].TryJoin(range, out var joined)) pending[^1] = joined;
        else _pending.Add(range);
    }

    private void FlushAcknowledgements()
    {
        if (_pending.Count == 0) return;
        var ranges = CollectionsMarshal.AsSpan(_pending);
        ranges = ranges[..AckRange.Coalesce(ranges)];
        while (!ranges.IsEmpty)
        {
            var number = ranges[0].Segment;
            var count = 1;
            while (count < ranges.Length && count < EntriesPerBlockMax && ranges[count].Segment == number) count++;
            // The files of an emptied segment go with the end of this turn.
            if (Find(number) is { } segment && (segment.LiveRecords > 0 || ReferenceEquals(segment, _tail)))
                WriteEntries(segment, AckEntryKind.Acknowledged, ranges[..count]);
            ranges = ranges[count..];
        }
        _pending.Clear();
        if (_pending.Capacity > KeptPendingMax) _pending.Capacity = 0;
    }

    private void NoteDelivery(Segment segment, uint offset)
    {
        if (offset < segment.DeliveredUpTo || segment.Totals.PersistentRecords == 0) return;
        segment.DeliveredUpTo = Math.Min(segment.FileBytes - offset, DeliveredStepBytes) + offset;
        WriteDelivered(segment);
    }

    private void WriteExactDelivery()
    {
        var exact = Cursor > _recoveredDeliveredUpTo ? Cursor : _recoveredDeliveredUpTo;
        if (Find(exact.Segment) is not { } segment || segment.DeliveredUpTo <= exact.Offset) return;
        segment.DeliveredUpTo = exact.Offset;
        WriteDelivered(segment);
    }

    private void WriteDelivered(Segment segment) =>
        WriteEntries(segment, AckEntryKind.DeliveredUpTo, [new AckRange(segment.Number, 0, segment.DeliveredUpTo)]);

    /// <summary>Does not fail: what is not written is a redelivery after a crash, and a full disk must not keep a queue from draining.</summary>
    private void WriteEntries(Segment segment, AckEntryKind kind, ReadOnlySpan<AckRange> ranges)
    {
        var headerBytes = segment.AckFile is null ? AckFormat.HeaderBytes : 0;
        var bytes = headerBytes + AckFormat.BlockBytes(ranges.Length);
        var rented = bytes > SmallWriteBytes ? _services.Buffers.Rent(bytes) : null;
        Span<byte> buffer = rented is null ? stackalloc byte[SmallWriteBytes] : rented;
        var block = buffer[headerBytes..];
        if (headerBytes > 0) AckFormat.WriteHeader(buffer, segment.Name);
        for (var i = 0; i < ranges.Length; i++) AckFormat.WriteEntry(block, i, kind, ranges[i].Start, ranges[i].End);
        AckFormat.SealBlock(block, ranges.Length, segment.Name.Generation);
        try
        {
            WriteToAckFile(segment, buffer[..bytes]);
            segment.AckEnd += (uint)bytes;
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            StorageLog.AcknowledgementsNotWritten(_services.Logger, error, _directory);
        }
        finally
        {
            if (rented is not null) _services.Buffers.Return(rented);
        }
    }

    private void WriteToAckFile(Segment segment, ReadOnlySpan<byte> bytes)
    {
        if (segment.AckFile is not null)
        {
            using var lease = segment.AckFile.Lease();
            lease.File.Write(bytes, segment.AckEnd);
            return;
        }
        var storeFile = _services.NewFile(_directory, segment.Name.AckFile);
        var file = _services.Files.Create(storeFile.Path, 0);
        try
        {
            file.Write(bytes, 0);
        }
        catch
        {
            file.Dispose();
            _services.Files.Delete(storeFile.Path);
            throw;
        }
        storeFile.Adopt(file);
        segment.AckFile = storeFile;
    }
}
