using HareMQ.Amqp.Connections;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Channels;

/// <summary>The side of the channel that queues call, from their turns.</summary>
internal sealed partial class AmqpChannel
{
    /// <summary>Direct replies are never kept: to a requester that leaves this much unread they are dropped.</summary>
    private const int UnreadRepliesMax = 4 * ConnectionWriter.PendingBytesMax;

    public SharedCredit? SharedCredit => Volatile.Read(ref _sharedCredit);

    public DeliverResult Deliver(Consumer consumer, in MessageView message, in Delivery delivery, bool redelivered)
    {
        lock (_writer.Gate)
        {
            if (_ended || _writer.IsOver) return DeliverResult.Closed;
            if (consumer.Queue is null)
            {
                // Publishers may still have the route to a cancelled reply consumer, and nobody waits for a slow one.
                if (_writer.PendingBytes > UnreadRepliesMax || !IsCurrent(consumer)) return DeliverResult.Closed;
            }
            else if (_writer.PendingBytes >= ConnectionWriter.PendingBytesMax)
            {
                _writer.WakeWhenThereIsRoomLocked(consumer);
                return DeliverResult.Full;
            }

            var tag = ++_lastDeliveryTag;
            if (!consumer.AutoAck) _unsettled.Add(tag, delivery, _connection.Clock.Now);
            Messages.Delivered(consumer.AutoAck, redelivered);
            _writer.WriteContentLocked(
                _number,
                new BasicDeliver(consumer.TagUtf8, tag, redelivered, message.Exchange, message.RoutingKey),
                message.Properties,
                message.Body,
                _connection.FrameMaxBytes,
                message.Memory);
        }

        // Direct replies come from no queue.
        if (_virtualHost.Firehose is { } firehose && consumer.Queue is { } queue) TraceDelivery(firehose, queue, in message, redelivered);
        return DeliverResult.Taken;
    }

    public DeliverResult DeliverGet(in MessageView message, in Delivery delivery, bool redelivered, bool autoAck, long remaining)
    {
        lock (_writer.Gate)
        {
            if (_ended || _writer.IsOver) return DeliverResult.Closed;
            var tag = ++_lastDeliveryTag;
            if (!autoAck) _unsettled.Add(tag, delivery, _connection.Clock.Now);
            Messages.Got(autoAck, redelivered);
            _writer.WriteContentLocked(
                _number,
                new BasicGetOk(tag, redelivered, message.Exchange, message.RoutingKey, Count(remaining)),
                message.Properties,
                message.Body,
                _connection.FrameMaxBytes,
                message.Memory);
        }

        if (_virtualHost.Firehose is { } firehose) TraceDelivery(firehose, delivery.Queue, in message, redelivered);
        return DeliverResult.Taken;
    }

    public void FlushDeliveries() => _writer.Flush();

    public void WakeWaitingConsumers()
    {
        Consumer[] waiting;
        lock (_writer.Gate) waiting = [.. _consumers.Values.Where(consumer => consumer.WaitsForSharedCredit)];
        foreach (var consumer in waiting) consumer.Queue?.ConsumerReady(consumer);
    }

    public void CancelledByServer(Consumer consumer)
    {
        lock (_writer.Gate)
        {
            // The tag may be in use again, by a consumer of another queue.
            if (_ended || !IsCurrent(consumer)) return;
            _consumers.Remove(consumer.Tag);
            if (_connection.ClientWantsCancelNotify) _writer.WriteLocked(_number, new BasicCancel(consumer.TagUtf8, noWait: true));
        }

        _writer.Flush();
        if (consumer.Queue is { } queue) TellConsumerDeleted(consumer, queue);
    }

    private bool IsCurrent(Consumer consumer) =>
        _consumers.TryGetValue(consumer.Tag, out var current) && ReferenceEquals(current, consumer);
}
