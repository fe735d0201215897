using HareMQ.Broker.Messages;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

internal sealed partial class MessageQueue
{
    private void Enqueue(PublishBatch batch, int slot)
    {
        switch (_state)
        {
            case QueueState.Deleted:
                // As RabbitMQ: a queue that is gone meanwhile has taken its messages.
                batch.Taken();
                batch.Accepted();
                return;
            case QueueState.Failed or QueueState.Closed:
                batch.Taken();
                batch.Refused();
                return;
        }

        Messages.Publish += batch.CountOf(slot);
        var ranges = batch.RangesOf(slot);
        var mustStore = Durable && batch.HasPersistent(slot);
        if (batch.HasExpiring(slot)) _duties |= QueueDuties.Expiry;
        try
        {
            var hasDuplicates = false;
            if (_seen is not null) ranges = DropDuplicates(batch, ranges, out hasDuplicates);
            // Duplicates are as safe as their originals, which were written before and are synced before.
            if (!ranges.IsEmpty)
                mustStore &= (RefusesSome(batch, slot) ? TakeWhatFits(batch, ranges) : Take(batch, ranges, MayHold(batch, slot))) || hasDuplicates;
        }
        catch (Exception error)
        {
            if (_seen is not null) ForgetKeys(batch, ranges);
            // What is stored already can still be delivered and settled: on a full disk that is how room is made.
            if (error is StorageException) RefuseFromNowOn(error);
            else Fail(error);
            batch.Taken();
            batch.Refused();
            return;
        }

        batch.Taken();
        if (mustStore && batch.AwaitsStorage) AcceptAfterSync(batch);
        else batch.Accepted();
    }

    private bool RefusesSome(PublishBatch batch, int slot) => (_duties & QueueDuties.Refusal) != 0 && batch.CanRefuseMessages(slot);

    /// <returns>Whether something was stored; otherwise consumers have everything, and for good.</returns>
    private bool Take(PublishBatch batch, ReadOnlySpan<RecordRange> ranges, bool mayHold = false)
    {
        if (_lanes is not null) return TakeByPriority(_lanes, batch, ranges);
        if (_consumers.Count == 0 || Ready > 0)
        {
            if (mayHold && TryHold(batch, ranges)) return false;
            WriteHeld();
            _lane.Log.Append(batch.Records, ranges);
            return true;
        }

        if (_consumers.AllAutoAck) ranges = DeliverWithoutStoring(batch, ranges);
        if (ranges.IsEmpty || (mayHold && TryHold(batch, ranges))) return false;
        AppendAndDeliver(_lane, batch, ranges);
        return true;
    }

    /// <summary>The highest priority first, so that consumers that wait take the most important messages.</summary>
    private bool TakeByPriority(PriorityLanes lanes, PublishBatch batch, ReadOnlySpan<RecordRange> ranges)
    {
        lanes.Split(batch.Records.WrittenSpan, ranges);
        for (int priority = lanes.Max; priority >= 0; priority--)
        {
            var part = lanes.PartOf((byte)priority);
            if (part.IsEmpty) continue;
            var lane = lanes[(byte)priority];
            if (_consumers.Count == 0 || Ready > 0) lane.Log.Append(batch.Records, part);
            else AppendAndDeliver(lane, batch, part);
        }

        return true;
    }

    private void AcceptAfterSync(PublishBatch batch)
    {
        var lanes = AllLanes;
        for (var i = 1; i < lanes.Length; i++) batch.AwaitOneMore();
        foreach (var lane in lanes)
        {
            try
            {
                batch.AcceptedAfterSync(lane.Log);
            }
            catch (Exception error)
            {
                RefuseFromNowOn(error);
                batch.Refused();
            }
        }
    }

    private void RefuseFromNowOn(Exception error)
    {
        if (_refuses) return;
        _refuses = true;
        BrokerLog.QueueRefusesMessages(_logger, VirtualHost, Name, error);
    }

    /// <summary>Messages that consumers take at once and for good need never touch a file.</summary>
    /// <returns>What nobody had room for.</returns>
    private ReadOnlySpan<RecordRange> DeliverWithoutStoring(PublishBatch batch, ReadOnlySpan<RecordRange> ranges)
    {
        var memory = batch.Records.WrittenSpan;
        for (var i = 0; i < ranges.Length; i++)
        {
            var range = ranges[i];
            var offset = range.Offset;
            for (var left = range.Count; left > 0; left--)
            {
                var record = RecordView.Parse(memory[offset..]);
                if (!DeliverToNext(_lane, record, default, deliveryCount: 1, redelivered: false, batch.Records))
                {
                    if (left == range.Count) return ranges[i..];
                    // The rest of this range and all further ones; a rare case, so the copy does not matter.
                    var rest = ranges[i..].ToArray();
                    rest[0] = new RecordRange(offset, range.Bytes - (offset - range.Offset), left);
                    return rest;
                }

                if (_forgetsKeys) ForgetKey(record);
                offset += record.RecordBytes;
            }
        }

        return [];
    }

    /// <summary>The queue was empty and somebody is waiting: what they take now is read from memory, not from the log.</summary>
    private void AppendAndDeliver(MessageLane lane, PublishBatch batch, ReadOnlySpan<RecordRange> ranges)
    {
        var log = lane.Log;
        var position = log.Append(batch.Records, ranges);
        var memory = batch.Records.WrittenSpan;
        foreach (var range in ranges)
        {
            var offset = range.Offset;
            for (var left = range.Count; left > 0; left--)
            {
                var record = RecordView.Parse(memory[offset..]);
                if (!DeliverToNext(lane, record, position, deliveryCount: 1, redelivered: false, batch.Records))
                {
                    log.AdvanceTo(position);
                    return;
                }

                if (_lastDeliveryAutoAck) Done(lane, position, record.RecordBytes);
                offset += record.RecordBytes;
                position = new LogPosition(position.Segment, position.Offset + (uint)record.RecordBytes);
            }
        }

        log.AdvanceTo(position);
    }
}
