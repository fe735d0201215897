using HareMQ.Amqp.Publishing;
using HareMQ.Broker.Events;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Channels;

/// <summary>What the channel tells those who watch: the firehose and the event exchange. Never while the writer's gate is held.</summary>
internal sealed partial class AmqpChannel
{
    private TraceSource Source => new(_connection.Name, _number, _authorizer.User);

    private void TracePublish(
        Firehose firehose, BasicPublish publish, in BasicProperties properties, int bodyBytes, ReadOnlySpan<byte> body, bool bodyIsFramed,
        RouteTargets targets)
    {
        if (!firehose.IsWanted) return;
        if (bodyIsFramed)
        {
            var copy = new byte[bodyBytes];
            ContentFrames.CopyBody(body, copy);
            body = copy;
        }

        firehose.Published(Source, publish.Exchange, publish.RoutingKey, in properties, body, targets);
    }

    private void TraceDelivery(Firehose firehose, MessageQueue queue, in MessageView message, bool redelivered)
    {
        if (firehose.IsWanted) firehose.Delivered(Source, queue.Name, in message, redelivered);
    }

    private void TellConsumerCreated(Consumer consumer, MessageQueue queue)
    {
        if (_connection.Events is { AreWanted: true } events)
            events.ConsumerCreated(_connection.Id, _number, consumer, _virtualHost.Name, queue.Name, _authorizer.User);
    }

    private void TellConsumerDeleted(Consumer consumer, MessageQueue queue)
    {
        if (_connection.Events is { AreWanted: true } events)
            events.ConsumerDeleted(_connection.Id, _number, consumer, _virtualHost.Name, queue.Name, _authorizer.User);
    }
}
