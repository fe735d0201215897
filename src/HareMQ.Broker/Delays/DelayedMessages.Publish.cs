using System.Runtime.InteropServices;
using HareMQ.Broker.Messages;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Broker.Delays;

internal sealed partial class DelayedMessages
{
    // The buckets that the batch at hand has something for.
    private readonly List<DelayBucket> _sorted = [];

    private static long DueAtMs(in RecordView record) => record.TimestampMs + DelayHeader.ReadMs(BasicProperties.Read(record.Properties));

    private void Enqueue(PublishBatch batch, int slot)
    {
        if (_state != DelayState.Running)
        {
            batch.Taken();
            // As with a queue that is gone meanwhile: it has taken its messages.
            if (_state == DelayState.Deleted) batch.Accepted();
            else batch.Refused();
            return;
        }

        var nowMs = NowMs;
        try
        {
            Advance(nowMs);
            var memory = batch.Records.WrittenSpan;
            foreach (var range in batch.RangesOf(slot))
            {
                var end = range.Offset + range.Bytes;
                for (var offset = range.Offset; offset < end;)
                {
                    var record = RecordView.Parse(memory[offset..]);
                    Sort(BucketFor(DueAtMs(record), TopLevel, nowMs), new RecordRange(offset, record.RecordBytes, 1));
                    offset += record.RecordBytes;
                }
            }

            foreach (var bucket in _sorted) Append(bucket, batch.Records);
        }
        catch (Exception error)
        {
            ClearSorted();
            Fail(error);
            batch.Taken();
            batch.Refused();
            return;
        }

        batch.Taken();
        if (Durable && batch.HasPersistent(slot) && batch.WantsConfirm) AcceptAfterSync(batch);
        else batch.Accepted();
        ClearSorted();
    }

    private void AcceptAfterSync(PublishBatch batch)
    {
        for (var i = 1; i < _sorted.Count; i++) batch.AwaitOneMore();
        foreach (var bucket in _sorted)
        {
            try
            {
                batch.AcceptedAfterSync(bucket.Log);
            }
            catch (Exception error)
            {
                Fail(error);
                batch.Refused();
            }
        }
    }

    /// <summary>The log that a message belongs to which is due then.</summary>
    /// <param name="dueAtMs">When.</param>
    /// <param name="levelMax">The longest window it may go to.</param>
    /// <param name="nowMs">The present.</param>
    private DelayBucket BucketFor(long dueAtMs, int levelMax, long nowMs)
    {
        for (var level = levelMax; level > 0; level--)
            if (dueAtMs >= _frontier[level]) return GetOrAdd(_waiting[level], DelayWindow.At(level, dueAtMs));

        // Too many for the index: sorted on disk.
        if (levelMax == 0) return GetOrAdd(_waiting[0], DelayWindow.At(0, dueAtMs));

        // Soon. What is late counts as due now, but never as due in a window that has not had its turn.
        var atMs = Math.Min(Math.Max(dueAtMs, nowMs), _frontier[1] - 1);
        var moment = DelayWindow.At(0, atMs);
        // Where some of its moment wait on disk already, it waits behind them.
        if (_waiting[0].TryGetValue(moment.StartMs, out var sorted)) return sorted;
        if (_index.Count >= DelayIndex.CountMax) return GetOrAdd(_waiting[0], moment);
        var indexed = GetOrAdd(_indexed, DelayWindow.At(1, atMs));
        indexed.IsIndexed = true;
        return indexed;
    }

    private void Sort(DelayBucket bucket, RecordRange record)
    {
        if (bucket.Part.Count == 0) _sorted.Add(bucket);
        bucket.Part.Add(record);
    }

    private void Append(DelayBucket bucket, RecordBatch records)
    {
        var position = bucket.Log.Append(records, CollectionsMarshal.AsSpan(bucket.Part));
        Touch(bucket);
        if (!bucket.IsIndexed) return;
        foreach (var range in bucket.Part)
        {
            var record = RecordView.Parse(records.WrittenSpan[range.Offset..]);
            _index.Add(new DelayedMessage(bucket, position, record.RecordBytes), DueAtMs(record));
            position = new LogPosition(position.Segment, position.Offset + (uint)record.RecordBytes);
        }

        bucket.Out += bucket.Part.Count;
        bucket.Log.AdvanceTo(position);
    }

    private void ClearSorted()
    {
        foreach (var bucket in _sorted) bucket.Part.Clear();
        _sorted.Clear();
    }
}
