using HareMQ.Broker.Messages;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

internal sealed partial class MessageQueue
{
    /// <summary>What one turn delivers at most, so that a hot queue leaves its thread to others now and then.</summary>
    private const int TurnDeliveriesMax = 2048;

    private const int TurnDeliveredBytesMax = 512 * 1024;

    private bool _lastDeliveryAutoAck;

    /// <summary>Hands ready messages to consumers until there is no message, no taker or no budget left.</summary>
    /// <returns>True when the budget ended it.</returns>
    private bool DeliverReady()
    {
        if (_consumers.Count == 0) return false;
        var bytes = 0;
        for (var count = 0; count < TurnDeliveriesMax && bytes < TurnDeliveredBytesMax; count++)
        {
            int delivered;
            if (_requeued.Count > 0) delivered = DeliverRequeued();
            else delivered = DeliverFromLog();
            if (delivered == 0) return false;
            bytes += delivered;
        }

        return Ready > 0;
    }

    private int DeliverFromLog()
    {
        if (!_log.TryPeek(out var record, out var position)) return 0;
        if (!DeliverToNext(record, position, deliveryCount: 1, _log.MayHaveBeenDelivered(position))) return 0;
        var bytes = record.RecordBytes;
        _log.Advance();
        if (_lastDeliveryAutoAck) _log.Acknowledge(position, bytes);
        return bytes;
    }

    private int DeliverRequeued()
    {
        var message = _requeued.First;
        RecordView record;
        try
        {
            record = _log.Read(message.Position, message.RecordBytes);
        }
        catch (RecordDamagedException error)
        {
            BrokerLog.MessageDamaged(_logger, VirtualHost, Name, error);
            _requeued.RemoveFirst();
            _log.Acknowledge(message.Position, message.RecordBytes);
            return message.RecordBytes;
        }

        if (!DeliverToNext(record, message.Position, message.DeliveryCount + 1, redelivered: true)) return 0;
        _requeued.RemoveFirst();
        if (_lastDeliveryAutoAck) _log.Acknowledge(message.Position, message.RecordBytes);
        return message.RecordBytes;
    }

    /// <summary>Gives the message to the consumer whose turn it is. Whether that settled it at once is in <see cref="_lastDeliveryAutoAck"/>.</summary>
    /// <returns>False when no consumer can take it.</returns>
    private bool DeliverToNext(in RecordView record, LogPosition position, int deliveryCount, bool redelivered)
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
                HoldsSharedCredit = holdsSharedCredit,
            };
            var result = consumer.Channel.Deliver(consumer, new MessageView(record), delivery, redelivered);
            if (result != DeliverResult.Taken)
            {
                consumer.Blocked = true;
                if (holdsSharedCredit) ReturnSharedCredit(consumer.Channel, 1);
                continue;
            }

            RememberToFlush(consumer.Channel);
            _lastDeliveryAutoAck = consumer.AutoAck;
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
