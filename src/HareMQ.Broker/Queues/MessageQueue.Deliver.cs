using HareMQ.Broker.DeadLetters;
using HareMQ.Broker.Messages;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

internal sealed partial class MessageQueue
{
    /// <summary>What one turn delivers at most, so that a hot queue leaves its thread to others now and then.</summary>
    private const int TurnDeliveriesMax = 2048;

    private const int TurnDeliveredBytesMax = 512 * 1024;

    private const string DeliveryCountHeader = "x-delivery-count";

    private bool _lastDeliveryAutoAck;

    /// <summary>Hands ready messages to consumers until there is no message, no taker or no budget left.</summary>
    /// <returns>True when the budget ended it.</returns>
    private bool DeliverReady()
    {
        if (_consumers.Count == 0) return false;
        var bytes = 0;
        for (var count = 0; count < TurnDeliveriesMax && bytes < TurnDeliveredBytesMax; count++)
        {
            var lane = HeadLane;
            var delivered = lane.Ready == 0 && _held is { Count: > 0 } held ? DeliverHeld(held)
                : lane.Requeued.Count > 0 ? DeliverRequeued(lane)
                : DeliverFromLog(lane);
            // Unless what the lane seemed to have turned out to be damaged.
            if (delivered == 0 && ReferenceEquals(lane, HeadLane)) return false;
            bytes += delivered;
        }

        return Ready > 0;
    }

    /// <returns>Bytes of the record that left the queue; 0: none did.</returns>
    private int DeliverFromLog(MessageLane lane)
    {
        var log = lane.Log;
        if (!log.TryPeek(out var record, out var position)) return 0;
        var bytes = record.RecordBytes;
        if ((_duties & QueueDuties.Expiry) != 0 && HasExpired(record)) return DropHead(lane, DeathReason.Expired) ? bytes : 0;
        if (!DeliverToNext(lane, record, position, deliveryCount: 1, log.MayHaveBeenDelivered(position), log.PeekedMemory)) return 0;
        log.Advance();
        if (_lastDeliveryAutoAck) Done(lane, position, bytes);
        return bytes;
    }

    /// <returns>As <see cref="DeliverFromLog"/>.</returns>
    private int DeliverRequeued(MessageLane lane)
    {
        if (!TryPeekRequeued(lane, out var record, out var message)) return DeliverFromLog(lane);
        if ((_duties & QueueDuties.Expiry) != 0 && HasExpired(record))
            return DropHead(lane, DeathReason.Expired) ? message.RecordBytes : 0;
        if (!DeliverToNext(lane, record, message.Position, message.DeliveryCount + 1, redelivered: true)) return 0;
        lane.Requeued.RemoveFirst();
        if (_lastDeliveryAutoAck) Done(lane, message.Position, message.RecordBytes);
        return message.RecordBytes;
    }

    /// <summary>Reads the first of the messages that came back, past damaged ones.</summary>
    private bool TryPeekRequeued(MessageLane lane, out RecordView record, out RequeuedMessage message)
    {
        while (lane.Requeued.Count > 0)
        {
            message = lane.Requeued.First;
            try
            {
                record = lane.Log.Read(message.Position, message.RecordBytes);
                return true;
            }
            catch (RecordDamagedException error)
            {
                BrokerLog.MessageDamaged(_logger, VirtualHost, Name, error);
                lane.Requeued.RemoveFirst();
                lane.Log.Acknowledge(message.Position, message.RecordBytes);
            }
        }

        record = default;
        message = default;
        return false;
    }

    /// <summary>Reads the first ready message; one that was never delivered has a delivery count of 0.</summary>
    private bool TryPeekHead(MessageLane lane, bool willDeliver, out RecordView record, out RequeuedMessage head)
    {
        if (TryPeekRequeued(lane, out record, out head)) return true;
        if (!lane.Log.TryPeek(out record, out var position, willDeliver)) return false;
        head = new RequeuedMessage(position, record.RecordBytes, record.BodyBytes, DeliveryCount: 0);
        return true;
    }

    /// <summary>Gives the message to the consumer whose turn it is. Whether that settled it at once is in <see cref="_lastDeliveryAutoAck"/>.</summary>
    /// <param name="memory">The batch that <paramref name="record"/> lies in, if it does.</param>
    /// <returns>False when no consumer can take it.</returns>
    private bool DeliverToNext(
        MessageLane lane, in RecordView record, LogPosition position, int deliveryCount, bool redelivered, RecordBatch? memory = null)
    {
        while (_consumers.TakeNext(out var holdsSharedCredit) is { } consumer)
        {
            var delivery = new Delivery
            {
                Queue = this,
                Consumer = consumer,
                Position = position,
                RecordBytes = record.RecordBytes,
                BodyBytes = record.Body.Length,
                DeliveryCount = deliveryCount,
                Lane = lane.Priority,
                HoldsSharedCredit = holdsSharedCredit,
            };
            var result = consumer.Channel.Deliver(consumer, View(record, deliveryCount, memory), delivery, redelivered);
            if (result != DeliverResult.Taken)
            {
                consumer.Blocked = true;
                if (holdsSharedCredit) ReturnSharedCredit(consumer.Channel, 1);
                continue;
            }

            RememberToFlush(consumer.Channel);
            _lastDeliveryAutoAck = consumer.AutoAck;
            Messages.Delivered(consumer.AutoAck, redelivered);
            if (!consumer.AutoAck)
            {
                consumer.Unsettled++;
                _unsettledCount++;
                _unsettledBodyBytes += record.Body.Length;
            }

            return true;
        }

        return false;
    }

    /// <summary>A queue that limits deliveries tells how many have failed.</summary>
    private MessageView View(in RecordView record, int deliveryCount, RecordBatch? memory = null) =>
        deliveryCount == 1 || _settings.DeliveryLimit is null ? new MessageView(record, memory) : ViewWithCount(record, deliveryCount);

    private static MessageView ViewWithCount(in RecordView record, int deliveryCount)
    {
        var properties = new BasicPropertiesBuilder(record.Properties);
        return new MessageView(record, properties.SetHeader(DeliveryCountHeader, FieldValue.FromLong(deliveryCount - 1)).ToEncoded());
    }

    private void RememberToFlush(IDeliveryChannel channel)
    {
        // A turn serves few channels, most often the same one again.
        var count = _toFlush.Count;
        if (count > 0 && ReferenceEquals(_toFlush[count - 1], channel)) return;
        for (var i = 0; i < count; i++)
            if (ReferenceEquals(_toFlush[i], channel)) return;
        _toFlush.Add(channel);
    }
}
