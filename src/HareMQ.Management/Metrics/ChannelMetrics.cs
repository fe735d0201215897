using HareMQ.Broker.Statistics;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Metrics;

/// <summary>What channels have. Numbers of messages are counted per channel, not per exchange or queue as in RabbitMQ.</summary>
internal static class ChannelMetrics
{
    public static readonly MetricGroup<ChannelOfConnection> State = new("channel_metrics",
    [
        Gauge("channel_consumers", "Consumers on a channel", found => found.Channel.Consumers.Count),
        Gauge("channel_messages_unacked", "Delivered but not yet acknowledged messages", found => found.Channel.UnacknowledgedCount),
        Gauge("channel_messages_unconfirmed", "Published but not yet confirmed messages", found => found.Channel.UnconfirmedCount),
        Gauge("channel_messages_uncommitted", "Messages received in a transaction but not yet committed",
            found => found.Channel.UncommittedCount),
        Gauge("channel_acks_uncommitted", "Message acknowledgements in a transaction not yet committed",
            found => found.Channel.UncommittedAcksCount),
        Gauge("consumer_prefetch", "Limit of unacknowledged messages for each consumer", found => found.Channel.Prefetch),
        Gauge("channel_prefetch", "Total limit of unacknowledged messages for all consumers on a channel",
            found => found.Channel.SharedPrefetch),
    ]);

    /// <summary>Of one channel, or of all that there have been.</summary>
    public static readonly MetricGroup<MessageCounts> Publishes = new("channel_exchange_metrics",
    [
        Counter("channel_messages_published_total", "Total number of messages published into an exchange on a channel",
            counts => counts.Publish),
        Counter("channel_messages_confirmed_total", "Total number of messages published into an exchange and confirmed on the channel",
            counts => counts.Confirm),
        Counter("channel_messages_unroutable_returned_total",
            "Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable",
            counts => counts.ReturnUnroutable),
        Counter("channel_messages_unroutable_dropped_total",
            "Total number of messages published as non-mandatory into an exchange and dropped as unroutable",
            counts => counts.DropUnroutable),
    ]);

    /// <inheritdoc cref="Publishes"/>
    public static readonly MetricGroup<MessageCounts> Deliveries = new("channel_queue_metrics",
    [
        Counter("channel_get_ack_total", "Total number of messages fetched with basic.get in manual acknowledgement mode",
            counts => counts.Get),
        Counter("channel_get_total", "Total number of messages fetched with basic.get in automatic acknowledgement mode",
            counts => counts.GetNoAck),
        Counter("channel_messages_delivered_ack_total",
            "Total number of messages delivered to consumers in manual acknowledgement mode", counts => counts.Deliver),
        Counter("channel_messages_delivered_total",
            "Total number of messages delivered to consumers in automatic acknowledgement mode", counts => counts.DeliverNoAck),
        Counter("channel_messages_redelivered_total", "Total number of messages redelivered to consumers", counts => counts.Redeliver),
        Counter("channel_messages_acked_total", "Total number of messages acknowledged by consumers", counts => counts.Ack),
        Counter("channel_get_empty_total", "Total number of times basic.get operations fetched no message", counts => counts.GetEmpty),
    ]);

    private static MetricFamily<ChannelOfConnection> Gauge(string name, string help, Func<ChannelOfConnection, double> read) =>
        MetricFamily<ChannelOfConnection>.Gauge(name, help, read);

    private static MetricFamily<MessageCounts> Counter(string name, string help, Func<MessageCounts, double> read) =>
        MetricFamily<MessageCounts>.Counter(name, help, read);
}
