using HareMQ.Broker.Queues;
using HareMQ.Broker.Statistics;

namespace HareMQ.Management.Metrics;

/// <summary>What queues have. Their messages are on disk, so that those in memory are none and those paged out are all.</summary>
internal static class QueueMetrics
{
    public static readonly MetricGroup<MessageQueue> Lengths = new("queue_coarse_metrics",
    [
        Gauge("queue_messages_ready", "Messages ready to be delivered to consumers", queue => queue.ReadyCount),
        Gauge("queue_messages_unacked", "Messages delivered to consumers but not yet acknowledged", queue => queue.UnsettledCount),
        Gauge("queue_messages", "Sum of ready and unacknowledged messages - total queue depth", Messages),
    ]);

    public static readonly MetricGroup<MessageQueue> Consumers = new("queue_consumer_count",
    [
        Gauge("queue_consumers", "Consumers on a queue", queue => queue.ConsumerCount),
    ]);

    public static readonly MetricGroup<MessageQueue> State = new("queue_metrics",
    [
        .. Consumers.Families,
        Gauge("queue_consumer_capacity", "Consumer capacity", Capacity),
        Gauge("queue_consumer_utilisation", "Same as consumer capacity", Capacity),
        Gauge("queue_messages_ram", "Ready and unacknowledged messages stored in memory", _ => 0),
        Gauge("queue_messages_ram_bytes", "Size of ready and unacknowledged messages stored in memory", _ => 0),
        Gauge("queue_messages_ready_ram", "Ready messages stored in memory", _ => 0),
        Gauge("queue_messages_unacked_ram", "Unacknowledged messages stored in memory", _ => 0),
        Gauge("queue_messages_persistent", "Persistent messages", queue => queue.Durable ? Messages(queue) : 0),
        Gauge("queue_messages_persistent_bytes", "Size in bytes of persistent messages", queue => queue.Durable ? Bytes(queue) : 0),
        Gauge("queue_messages_bytes", "Size in bytes of ready and unacknowledged messages", Bytes),
        Gauge("queue_messages_ready_bytes", "Size in bytes of ready messages", queue => queue.ReadyBodyBytes),
        Gauge("queue_messages_unacked_bytes", "Size in bytes of all unacknowledged messages", queue => queue.UnsettledBodyBytes),
        Gauge("queue_messages_paged_out", "Messages paged out to disk", Messages),
        Gauge("queue_messages_paged_out_bytes", "Size in bytes of messages paged out to disk", Bytes),
    ]);

    /// <summary>Of one queue, or of all that there have been.</summary>
    public static readonly MetricGroup<MessageCounts> Publishes = new("queue_exchange_metrics",
    [
        Counter("queue_messages_published_total", "Total number of messages published to queues", counts => counts.Publish),
    ]);

    /// <summary>Since RabbitMQ 4.0.</summary>
    public static readonly MetricGroup<MessageCounts> Deliveries = new("queue_delivery_metrics",
    [
        Counter("queue_get_ack_total", "Total number of messages fetched from a queue with basic.get in manual acknowledgement mode",
            counts => counts.Get),
        Counter("queue_get_total", "Total number of messages fetched from a queue with basic.get in automatic acknowledgement mode",
            counts => counts.GetNoAck),
        Counter("queue_messages_delivered_ack_total",
            "Total number of messages delivered from a queue to consumers in manual acknowledgement mode", counts => counts.Deliver),
        Counter("queue_messages_delivered_total",
            "Total number of messages delivered from a queue to consumers in automatic acknowledgement mode",
            counts => counts.DeliverNoAck),
        Counter("queue_messages_redelivered_total", "Total number of messages redelivered from a queue to consumers",
            counts => counts.Redeliver),
        Counter("queue_messages_acked_total", "Total number of messages acknowledged by consumers on a queue", counts => counts.Ack),
        Counter("queue_get_empty_total", "Total number of times basic.get operations fetched no message on a queue",
            counts => counts.GetEmpty),
    ]);

    /// <summary>Whoever could have taken a message has taken it: what is ready waits for consumers alone.</summary>
    private static double Capacity(MessageQueue queue) => queue is { ConsumerCount: > 0, ReadyCount: 0 } ? 1 : 0;

    private static double Messages(MessageQueue queue) => queue.ReadyCount + queue.UnsettledCount;

    private static double Bytes(MessageQueue queue) => queue.ReadyBodyBytes + queue.UnsettledBodyBytes;

    private static MetricFamily<MessageQueue> Gauge(string name, string help, Func<MessageQueue, double> read) =>
        MetricFamily<MessageQueue>.Gauge(name, help, read);

    private static MetricFamily<MessageCounts> Counter(string name, string help, Func<MessageCounts, double> read) =>
        MetricFamily<MessageCounts>.Counter(name, help, read);
}
