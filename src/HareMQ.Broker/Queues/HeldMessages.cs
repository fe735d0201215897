using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>
/// Messages that wait in memory for consumers which are about to have room again, in the batches that brought them: what is gone for good once
/// it is delivered need not be written to a file and read from it in between. Bounded, for each queue and for all. Owned by the queue's turns.
/// </summary>
internal sealed class HeldMessages
{
    /// <summary>A batch stays in its buffer: one that fills less than this part of it would cost more than it saves.</summary>
    private const int BufferShareMin = 8;

    /// <summary>What all queues of the process may hold: a little of the machine's (or container's) memory.</summary>
    private static readonly long s_bytesMaxOfAll = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 128, 16L << 20, 128L << 20);

    private static long s_bytesOfAll;

    private readonly Queue<HeldRange> _ranges = new();
    private long _bytes;

    // Bytes of the first range that are delivered.
    private int _done;

    /// <summary>What one queue may hold. More is a backlog, which belongs into the log.</summary>
    public static long BytesMax { get; } = s_bytesMaxOfAll / 2;

    public long Count { get; private set; }

    public long BodyBytes { get; private set; }

    /// <returns>False: there is no room.</returns>
    public bool TryAdd(RecordBatch batch, ReadOnlySpan<RecordRange> ranges)
    {
        // All of it stays, however little of it is this queue's.
        var bytes = batch.BufferBytes;
        if (_bytes + bytes > BytesMax || batch.WrittenBytes < bytes / BufferShareMin) return false;
        if (Interlocked.Add(ref s_bytesOfAll, bytes) > s_bytesMaxOfAll)
        {
            Interlocked.Add(ref s_bytesOfAll, -bytes);
            return false;
        }

        _bytes += bytes;
        for (var i = 0; i < ranges.Length; i++)
        {
            batch.Retain();
            _ranges.Enqueue(new HeldRange(batch, ranges[i], i == ranges.Length - 1 ? bytes : 0));
            Count += ranges[i].Count;
        }

        BodyBytes += BodyBytesOf(batch, ranges);
        return true;
    }

    /// <summary>The first one. Valid until the next call.</summary>
    /// <param name="memory">The batch that it lies in.</param>
    public RecordView Peek(out RecordBatch memory)
    {
        var first = _ranges.Peek();
        memory = first.Batch;
        return RecordView.Parse(first.Batch.WrittenSpan[(first.Range.Offset + _done)..]);
    }

    /// <summary>Past the one that <see cref="Peek"/> returned.</summary>
    public void Advance(in RecordView peeked)
    {
        Count--;
        BodyBytes -= peeked.BodyBytes;
        _done += peeked.RecordBytes;
        if (_done == _ranges.Peek().Range.Bytes) DropFirst();
    }

    /// <summary>Writes them to the log. What was not written when that fails is still held.</summary>
    public void SpillTo(SegmentLog log)
    {
        while (_ranges.TryPeek(out var first))
        {
            var left = new RecordRange(first.Range.Offset + _done, first.Range.Bytes - _done, 0);
            left = left with { Count = CountOf(first.Batch, left) };
            log.Append(first.Batch, [left]);
            Count -= left.Count;
            BodyBytes -= BodyBytesOf(first.Batch, [left]);
            DropFirst();
        }
    }

    public void Clear()
    {
        while (_ranges.Count > 0) DropFirst();
        Count = 0;
        BodyBytes = 0;
    }

    private void DropFirst()
    {
        var first = _ranges.Dequeue();
        _done = 0;
        _bytes -= first.ChargedBytes;
        Interlocked.Add(ref s_bytesOfAll, -first.ChargedBytes);
        first.Batch.Release();
    }

    private static long BodyBytesOf(RecordBatch batch, ReadOnlySpan<RecordRange> ranges)
    {
        long bytes = 0;
        foreach (var range in ranges)
        {
            var end = range.Offset + range.Bytes;
            for (var offset = range.Offset; offset < end;)
            {
                var record = RecordView.Parse(batch.WrittenSpan[offset..]);
                bytes += record.BodyBytes;
                offset += record.RecordBytes;
            }
        }

        return bytes;
    }

    private static int CountOf(RecordBatch batch, in RecordRange range)
    {
        var count = 0;
        var end = range.Offset + range.Bytes;
        for (var offset = range.Offset; offset < end; count++) offset += RecordView.Parse(batch.WrittenSpan[offset..]).RecordBytes;
        return count;
    }

    /// <param name="Batch">Retained for this range.</param>
    /// <param name="Range">Records of this queue that follow each other in it.</param>
    /// <param name="ChargedBytes">What goes off the account with it: all of a batch with its last range.</param>
    private readonly record struct HeldRange(RecordBatch Batch, RecordRange Range, int ChargedBytes);
}
