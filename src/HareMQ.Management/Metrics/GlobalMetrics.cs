using HareMQ.Broker.DeadLetters;
using HareMQ.Broker.Statistics;

namespace HareMQ.Management.Metrics;

/// <summary>What the broker has done since it started, by protocol and by type of queue. These are what the dashboards draw.</summary>
internal static class GlobalMetrics
{
    public static readonly MetricFamily<MessageCounts>[] OfPublishers =
    [
        Counter("global_messages_confirmed_total", "Total number of messages confirmed to publishers", counts => counts.Confirm),
        Counter("global_messages_received_confirm_total", "Total number of messages received from publishers expecting confirmations",
            counts => counts.PublishConfirm),
        Counter("global_messages_received_total", "Total number of messages received from publishers", counts => counts.Publish),
        Counter("global_messages_routed_total", "Total number of messages routed to queues or streams", counts => counts.Routed),
        Counter("global_messages_unroutable_dropped_total",
            "Total number of messages published as non-mandatory into an exchange and dropped as unroutable",
            counts => counts.DropUnroutable),
        Counter("global_messages_unroutable_returned_total",
            "Total number of messages published as mandatory into an exchange and returned to the publisher as unroutable",
            counts => counts.ReturnUnroutable),
    ];

    public static readonly MetricFamily<MessageCounts>[] OfQueues =
    [
        Counter("global_messages_acknowledged_total", "Total number of messages acknowledged by consumers", counts => counts.Ack),
        Counter("global_messages_delivered_consume_auto_ack_total",
            "Total number of messages delivered to consumers using basic.consume with automatic acknowledgment",
            counts => counts.DeliverNoAck),
        Counter("global_messages_delivered_consume_manual_ack_total",
            "Total number of messages delivered to consumers using basic.consume with manual acknowledgment", counts => counts.Deliver),
        Counter("global_messages_delivered_get_auto_ack_total",
            "Total number of messages delivered to consumers using basic.get with automatic acknowledgment", counts => counts.GetNoAck),
        Counter("global_messages_delivered_get_manual_ack_total",
            "Total number of messages delivered to consumers using basic.get with manual acknowledgment", counts => counts.Get),
        Counter("global_messages_delivered_total", "Total number of messages delivered to consumers", counts => counts.DeliverGet),
        Counter("global_messages_get_empty_total", "Total number of times basic.get operations fetched no message",
            counts => counts.GetEmpty),
        Counter("global_messages_redelivered_total", "Total number of messages redelivered to consumers", counts => counts.Redeliver),
    ];

    public static readonly (string Name, string Help, DeathReason Reason)[] Deaths =
    [
        ("global_messages_dead_lettered_delivery_limit_total",
            "Total number of messages dead-lettered due to delivery-limit exceeded", DeathReason.DeliveryLimit),
        ("global_messages_dead_lettered_expired_total", "Total number of messages dead-lettered due to message TTL exceeded",
            DeathReason.Expired),
        ("global_messages_dead_lettered_maxlen_total",
            "Total number of messages dead-lettered due to overflow drop-head or reject-publish-dlx", DeathReason.MaxLength),
        ("global_messages_dead_lettered_rejected_total",
            "Total number of messages dead-lettered due to basic.reject or basic.nack", DeathReason.Rejected),
    ];

    private static MetricFamily<MessageCounts> Counter(string name, string help, Func<MessageCounts, double> read) =>
        MetricFamily<MessageCounts>.Counter(name, help, read);
}
