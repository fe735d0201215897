using HareMQ.Broker.Queues;
using HareMQ.Broker.Statistics;
using HareMQ.Broker.VirtualHosts;

namespace HareMQ.Management.Statistics;

/// <summary>Reads the present numbers of things, in the order of their <see cref="Schema"/>.</summary>
internal static class Numbers
{
    public static long[] Of(MessageQueue queue)
    {
        var (ready, unacknowledged) = (queue.ReadyCount, queue.UnsettledCount);
        var counts = queue.Messages;
        return
        [
            ready + unacknowledged, ready, unacknowledged, counts.Publish, counts.Deliver, counts.DeliverNoAck, counts.Get, counts.GetNoAck,
            counts.GetEmpty, counts.DeliverGet, counts.Redeliver, counts.Ack,
        ];
    }

    public static long[] Of(MessageCounts counts) =>
    [
        counts.Publish, counts.Confirm, counts.ReturnUnroutable, counts.DropUnroutable, counts.Deliver, counts.DeliverNoAck, counts.Get,
        counts.GetNoAck, counts.GetEmpty, counts.DeliverGet, counts.Redeliver, counts.Ack,
    ];

    public static long[] Of(ExchangeCounts counts) => [counts.PublishIn, counts.PublishOut];

    public static long[] Of(TrafficCounts counts) => [counts.ReceivedBytes, counts.Receives, counts.SentBytes, counts.Sends];

    public static long[] Of(ChurnCounts counts) =>
    [
        counts.ChannelsClosed, counts.ChannelsCreated, counts.ConnectionsClosed, counts.ConnectionsCreated, counts.QueuesCreated,
        counts.QueuesDeclared, counts.QueuesDeleted,
    ];

    public static long[] Of(VirtualHost virtualHost, ClientCounts? clients) =>
    [
        .. Lengths(virtualHost.Queues), .. Of(Sampler.Total(virtualHost, clients)),
        virtualHost.PastTraffic.ReceivedBytes + (clients?.ReceivedBytes ?? 0),
        virtualHost.PastTraffic.SentBytes + (clients?.SentBytes ?? 0),
    ];

    /// <summary>Messages in some queues: all, ready, unacknowledged.</summary>
    public static long[] Lengths(IEnumerable<MessageQueue> queues)
    {
        long ready = 0, unacknowledged = 0;
        foreach (var queue in queues)
        {
            ready += queue.ReadyCount;
            unacknowledged += queue.UnsettledCount;
        }

        return [ready + unacknowledged, ready, unacknowledged];
    }
}
