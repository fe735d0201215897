using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Scheduling;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>What a queue needs of the virtual host it lives in. Any thread.</summary>
internal interface IQueueHost
{
    ExpiryClock Clock { get; }

    /// <summary>Whether there are messages of that priority on disk.</summary>
    bool HasLane(ulong logId, byte priority);

    /// <summary>Opens the log that a queue keeps the messages of one priority in.</summary>
    SegmentLog OpenLane(ulong logId, byte priority);

    /// <summary>Finds the queues for a message that the broker publishes itself: none when there is no such exchange.</summary>
    RouteTargets Route(string exchange, ReadOnlySpan<byte> routingKey, in BasicProperties properties);

    /// <summary>The queue has deleted itself because nobody used it: what is left of it is to be removed. Does not wait.</summary>
    void QueueExpired(MessageQueue queue);
}

/// <summary>For a queue that lives nowhere.</summary>
internal sealed class DetachedQueueHost : IQueueHost
{
    public static readonly DetachedQueueHost Instance = new();

    public ExpiryClock Clock { get; } = new(TimeProvider.System);

    public bool HasLane(ulong logId, byte priority) => false;

    public SegmentLog OpenLane(ulong logId, byte priority) => throw new InvalidOperationException("There is no store for priorities.");

    public RouteTargets Route(string exchange, ReadOnlySpan<byte> routingKey, in BasicProperties properties) => RouteTargets.Empty;

    public void QueueExpired(MessageQueue queue)
    {
    }
}
