using HareMQ.Broker.Messages;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>
/// What a plain queue takes while its consumers, none of which acknowledges, are a little behind. Such messages are newer than all others of the
/// queue; whatever needs them in the log has them written there first.
/// </summary>
internal sealed partial class MessageQueue
{
    private HeldMessages? _held;

    /// <summary>Ready messages that no file has. For turns, and for tests between them.</summary>
    internal long HeldCount => _held?.Count ?? 0;

    /// <summary>What is delivered is gone, and nothing but delivering is ever done with a message before.</summary>
    private bool MayHold(PublishBatch batch, int slot) =>
        _lanes is null && _duties == QueueDuties.None && _seen is null && _consumers.Count > 0 && _consumers.AllAutoAck
        && !(Durable && (batch.HasPersistent(slot) || KeepsTransient));

    /// <summary>What the log still has may be older: it goes first. But behind a backlog they would wait long.</summary>
    /// <returns>False: they belong into the log.</returns>
    private bool TryHold(PublishBatch batch, ReadOnlySpan<RecordRange> ranges) =>
        _lane.Log.ReadyBodyBytes <= HeldMessages.BytesMax && (_held ??= new HeldMessages()).TryAdd(batch.Records, ranges);

    /// <returns>Bytes of the record that left the queue; 0: nobody can take it.</returns>
    private int DeliverHeld(HeldMessages held)
    {
        var record = held.Peek(out var memory);
        if (!DeliverToNext(_lane, record, default, deliveryCount: 1, redelivered: false, memory)) return 0;
        var bytes = record.RecordBytes;
        held.Advance(record);
        return bytes;
    }

    /// <summary>From now on the log has all messages of the queue.</summary>
    /// <exception cref="StorageException">It cannot take them. They are still held, and delivered after what it has.</exception>
    private void WriteHeld()
    {
        if (HeldCount > 0) _held!.SpillTo(_lane.Log);
    }

    /// <returns>False: it could not be done.</returns>
    private bool TryWriteHeld()
    {
        try
        {
            WriteHeld();
            return true;
        }
        catch (StorageException error)
        {
            RefuseFromNowOn(error);
            return false;
        }
    }
}
