using System.Runtime.InteropServices;
using HareMQ.Broker.Deduplication;
using HareMQ.Broker.Messages;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>Duplicates are dropped before they are stored. What is remembered of a queue's messages is read from them again after a restart.</summary>
internal sealed partial class MessageQueue
{
    private SeenKeys? _seen;

    private bool _forgetsKeys;

    /// <summary>The key of a message is forgotten with it. Fixed when the queue is made.</summary>
    public bool ForgetsKeys => _forgetsKeys;

    /// <summary>The message has left the queue for good.</summary>
    private void Done(MessageLane lane, LogPosition position, int recordBytes)
    {
        if (_forgetsKeys) ForgetKey(lane, position, recordBytes);
        lane.Log.Acknowledge(position, recordBytes);
    }

    private void RecallKeys(DeduplicationSettings settings)
    {
        _seen = new SeenKeys(settings.CacheSize);
        _forgetsKeys = !settings.IsWindow;
        foreach (var lane in AllLanes)
        {
            lane.Log.ForEachReady((in RecordView record) =>
            {
                if (TryReadKey(record, out var key, out var expiresAtMs)) _seen.Add(key, expiresAtMs);
            });
        }
    }

    /// <returns>What is left: the keys of these messages are remembered.</returns>
    private ReadOnlySpan<RecordRange> DropDuplicates(PublishBatch batch, ReadOnlySpan<RecordRange> ranges, out bool hasDuplicates)
    {
        var left = new List<RecordRange>();
        hasDuplicates = false;
        foreach (var range in ranges)
        {
            var end = range.Offset + range.Bytes;
            for (var offset = range.Offset; offset < end;)
            {
                var record = RecordView.Parse(batch.Records.WrittenSpan[offset..]);
                if (IsNew(record)) left.Add(new RecordRange(offset, record.RecordBytes, 1));
                else hasDuplicates = true;
                offset += record.RecordBytes;
            }
        }

        return CollectionsMarshal.AsSpan(left);
    }

    private bool IsNew(in RecordView record)
    {
        if (!TryReadKey(record, out var key, out var expiresAtMs)) return true;
        if (_seen!.Contains(key, record.TimestampMs)) return false;
        _seen.Add(key, expiresAtMs);
        return true;
    }

    private bool TryReadKey(in RecordView record, out UInt128 key, out long expiresAtMs) => DeduplicationKey.TryRead(
        BasicProperties.Read(record.Properties), _settings.Deduplication!, record.TimestampMs, out key, out expiresAtMs);

    /// <summary>The messages could not be taken: their publishers may try again.</summary>
    private void ForgetKeys(PublishBatch batch, ReadOnlySpan<RecordRange> ranges)
    {
        foreach (var range in ranges)
        {
            var end = range.Offset + range.Bytes;
            for (var offset = range.Offset; offset < end;)
            {
                var record = RecordView.Parse(batch.Records.WrittenSpan[offset..]);
                ForgetKey(record);
                offset += record.RecordBytes;
            }
        }
    }

    private void ForgetKey(in RecordView record)
    {
        if (TryReadKey(record, out var key, out _)) _seen!.Remove(key);
    }

    private void ForgetKey(MessageLane lane, LogPosition position, int recordBytes)
    {
        try
        {
            ForgetKey(lane.Log.Read(position, recordBytes));
        }
        catch (RecordDamagedException error)
        {
            // Its key stays until it is the oldest.
            BrokerLog.MessageDamaged(_logger, VirtualHost, Name, error);
        }
    }

    private long PurgeWithKeys(MessageLane lane)
    {
        long count = 0;
        for (; TryPeekHead(lane, willDeliver: false, out _, out var head); count++)
        {
            lane.RemoveHead();
            Done(lane, head.Position, head.RecordBytes);
        }

        return count;
    }
}
