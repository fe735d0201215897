using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

internal sealed partial class MessageQueue
{
    /// <summary>Attaches a consumer. Fails with 403 when an exclusive consumer is in the way.</summary>
    public Task<bool> ConsumeAsync(Consumer consumer, Action beforeFirstDelivery)
    {
        var request = new ConsumeRequest(consumer, beforeFirstDelivery);
        Ask(request);
        return request.Answer;
    }

    /// <summary>Detaches a consumer.</summary>
    /// <returns>True when the queue is auto-delete and this was its last consumer, so that the caller must delete it.</returns>
    public Task<bool> CancelAsync(Consumer consumer)
    {
        var request = new CancelRequest(consumer);
        Ask(request);
        return request.Answer;
    }

    /// <summary>Delivers the next message to the channel that asks (basic.get).</summary>
    /// <returns>False when the queue is empty.</returns>
    public Task<bool> GetAsync(IDeliveryChannel channel, bool autoAck)
    {
        var request = new GetRequest(channel, autoAck);
        Ask(request);
        return request.Answer;
    }

    /// <summary>Drops all ready messages.</summary>
    /// <returns>How many.</returns>
    public Task<long> PurgeAsync()
    {
        var request = new PurgeRequest();
        Ask(request);
        return request.Answer;
    }

    /// <summary>Exact counters, after everything posted before. Whoever asks uses the queue: it expires later for that.</summary>
    public Task<(long Ready, int Consumers)> CountAsync()
    {
        var request = new CountRequest();
        Ask(request);
        return request.Answer;
    }

    /// <summary>Ends the queue's life: files are removed, nothing is delivered any more. The caller takes it out of the virtual host.</summary>
    /// <returns>What went with it, or why it stays.</returns>
    public Task<DeleteOutcome> DeleteAsync(bool ifUnused, bool ifEmpty)
    {
        var request = new DeleteRequest(ifUnused, ifEmpty);
        Ask(request);
        return request.Answer;
    }

    private DeleteOutcome Delete()
    {
        var count = Ready;
        _state = QueueState.Deleted;
        CancelAlarm();
        var consumers = _consumers.All.ToArray();
        foreach (var consumer in consumers) _consumers.Remove(consumer);
        _held?.Clear();
        foreach (var lane in AllLanes)
        {
            while (lane.Requeued.Count > 0) lane.Requeued.RemoveFirst();
            try
            {
                lane.Log.Delete();
            }
            catch (StorageException error)
            {
                BrokerLog.FilesLeft(_logger, VirtualHost, Name, error);
            }
        }

        return new DeleteOutcome(DeleteResult.Deleted, count, consumers);
    }

    private void RemoveConsumer(Consumer consumer)
    {
        if (!_consumers.Remove(consumer)) return;
        if (_consumers.Count == 0) TryWriteHeld();
        Use();
        BrokerLog.ConsumerDetached(_logger, VirtualHost, Name, consumer.Tag);
    }

    private sealed class ConsumeRequest(Consumer consumer, Action beforeFirstDelivery) : QueueRequest<bool>
    {
        protected override bool Carry(MessageQueue queue)
        {
            if (queue.IsDeleted) throw BrokerErrors.QueueNotFound(queue.Name, queue.VirtualHost);
            if (queue._state != QueueState.Running) throw BrokerErrors.QueueUnavailable(queue.Name, queue.VirtualHost);
            var mayBeExclusive = queue._consumers.Count == 0 && !queue._settings.SingleActiveConsumer;
            if (queue._consumers.HasExclusive || (consumer.Exclusive && !mayBeExclusive))
                throw BrokerErrors.QueueInExclusiveUse(queue.Name, queue.VirtualHost);
            if (!consumer.AutoAck && !queue.TryWriteHeld()) throw BrokerErrors.QueueUnavailable(queue.Name, queue.VirtualHost);
            consumer.Queue = queue;
            queue._hadConsumer = true;
            beforeFirstDelivery();
            queue._consumers.Add(consumer);
            return true;
        }
    }

    private sealed class CancelRequest(Consumer consumer) : QueueRequest<bool>
    {
        protected override bool Carry(MessageQueue queue)
        {
            queue.RemoveConsumer(consumer);
            return queue.Declaration.AutoDelete && queue._hadConsumer && queue._consumers.Count == 0 && !queue.IsDeleted;
        }
    }

    private sealed class CountRequest : QueueRequest<(long Ready, int Consumers)>
    {
        protected override (long Ready, int Consumers) Carry(MessageQueue queue)
        {
            queue.Use();
            if (queue._duties != QueueDuties.None && queue._state == QueueState.Running) queue.Tidy();
            return (queue.Ready, queue._consumers.Count);
        }
    }

    private sealed class PurgeRequest : QueueRequest<long>
    {
        protected override long Carry(MessageQueue queue)
        {
            if (queue._state != QueueState.Running) return 0;
            long count = 0;
            foreach (var lane in queue.AllLanes) count += queue._forgetsKeys ? queue.PurgeWithKeys(lane) : lane.Purge();
            count += queue.HeldCount;
            queue._held?.Clear();
            return count;
        }
    }

    private sealed class GetRequest(IDeliveryChannel channel, bool autoAck) : QueueRequest<bool>
    {
        protected override bool Carry(MessageQueue queue)
        {
            if (queue._state != QueueState.Running) throw BrokerErrors.QueueUnavailable(queue.Name, queue.VirtualHost);
            queue.Use();
            if (queue._lane.Ready == 0 && !queue.TryWriteHeld()) throw BrokerErrors.QueueUnavailable(queue.Name, queue.VirtualHost);
            if (queue._duties != QueueDuties.None) queue.Tidy();
            if (!queue.TryPeekUnexpired(out var lane, out var record, out var head))
            {
                queue.Messages.GetEmpty++;
                return false;
            }

            var isRedelivered = head.DeliveryCount > 0 || lane.Log.MayHaveBeenDelivered(head.Position);
            if (!Give(queue, lane, record, head, isRedelivered)) return true;
            queue.Messages.Got(autoAck, isRedelivered);
            lane.RemoveHead();
            if (autoAck) queue.Done(lane, head.Position, head.RecordBytes);
            return true;
        }

        /// <returns>False when the channel has closed meanwhile, so that nobody reads the answer.</returns>
        private bool Give(MessageQueue queue, MessageLane lane, in RecordView record, in RequeuedMessage head, bool redelivered)
        {
            var delivery = new Delivery
            {
                Queue = queue,
                Position = head.Position,
                RecordBytes = head.RecordBytes,
                BodyBytes = head.BodyBytes,
                DeliveryCount = head.DeliveryCount + 1,
                Lane = lane.Priority,
            };
            var memory = lane.Requeued.Count > 0 ? null : lane.Log.PeekedMemory;
            var view = queue.View(record, delivery.DeliveryCount, memory);
            if (channel.DeliverGet(view, delivery, redelivered, autoAck, queue.Ready - 1) == DeliverResult.Closed) return false;
            if (autoAck) return true;
            queue._unsettledCount++;
            queue._unsettledBodyBytes += head.BodyBytes;
            return true;
        }
    }

    private sealed class DeleteRequest(bool ifUnused, bool ifEmpty) : QueueRequest<DeleteOutcome>
    {
        protected override DeleteOutcome Carry(MessageQueue queue)
        {
            if (queue.IsDeleted) return new DeleteOutcome(DeleteResult.AlreadyDeleted, 0, []);
            if (ifUnused && queue._consumers.Count > 0) return new DeleteOutcome(DeleteResult.InUse, 0, []);
            if (ifEmpty && queue.Ready > 0) return new DeleteOutcome(DeleteResult.NotEmpty, 0, []);
            return queue.Delete();
        }
    }
}

internal enum DeleteResult
{
    Deleted,
    AlreadyDeleted,
    InUse,
    NotEmpty,
}

/// <param name="Cancelled">The consumers that the queue had. They are not told by the queue: the client that deletes it gets its answer first.</param>
internal readonly record struct DeleteOutcome(DeleteResult Result, long MessageCount, IReadOnlyList<Consumer>? Cancelled)
{
    /// <summary>Sends basic.cancel to the clients that want to know.</summary>
    public void TellConsumers()
    {
        foreach (var consumer in Cancelled ?? []) consumer.Channel.CancelledByServer(consumer);
    }
}
