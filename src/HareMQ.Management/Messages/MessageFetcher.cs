using System.Text;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;

namespace HareMQ.Management.Messages;

/// <summary>A message that was taken from a queue.</summary>
internal sealed record FetchedMessage(
    byte[] Properties, byte[] Body, string Exchange, string RoutingKey, bool Redelivered, long Remaining, Delivery Delivery);

/// <summary>Takes messages from a queue by basic.get: the queue sees a channel that gets.</summary>
/// <param name="queue">Where it gets them.</param>
/// <param name="trace">Sees each of them, while the queue's virtual host is traced.</param>
internal sealed class MessageFetcher(MessageQueue queue, HttpTrace trace) : IDeliveryChannel
{
    private FetchedMessage? _last;

    public SharedCredit? SharedCredit => null;

    /// <summary>Up to so many, fewer when the queue has no more.</summary>
    public static async Task<IReadOnlyList<FetchedMessage>> FetchAsync(MessageQueue queue, HttpTrace trace, long count, bool autoAck)
    {
        var fetched = new List<FetchedMessage>();
        while (fetched.Count < count)
        {
            var fetcher = new MessageFetcher(queue, trace);
            if (!await queue.GetAsync(fetcher, autoAck) || fetcher._last is not { } message) break;
            fetched.Add(message);
        }

        return fetched;
    }

    /// <summary>Says what becomes of fetched messages.</summary>
    public static void Settle(MessageQueue queue, IReadOnlyList<FetchedMessage> messages, Settlement settlement)
    {
        if (messages.Count == 0) return;
        var batch = SettleBatch.Rent(settlement);
        foreach (var message in messages) batch.Add(message.Delivery);
        queue.Settle(batch, runInline: false);
    }

    public DeliverResult DeliverGet(in MessageView message, in Delivery delivery, bool redelivered, bool autoAck, long remaining)
    {
        _last = new FetchedMessage(
            message.Properties.ToArray(), message.Body.ToArray(), Encoding.UTF8.GetString(message.Exchange),
            Encoding.UTF8.GetString(message.RoutingKey), redelivered, remaining, delivery);
        trace.Delivered(queue.Name, in message, redelivered);
        return DeliverResult.Taken;
    }

    // It never consumes.
    public DeliverResult Deliver(Consumer consumer, in MessageView message, in Delivery delivery, bool redelivered) => DeliverResult.Closed;

    public void FlushDeliveries()
    {
    }

    public void WakeWaitingConsumers()
    {
    }

    public void CancelledByServer(Consumer consumer)
    {
    }
}
