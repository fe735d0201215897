using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Scheduling;

namespace HareMQ.Broker.Queues;

/// <summary>What a queue needs of the virtual host it lives in. Any thread.</summary>
internal interface IQueueHost
{
    ExpiryClock Clock { get; }

    /// <summary>Finds the queues for a message that the broker publishes itself: none when there is no such exchange.</summary>
    RouteTargets Route(string exchange, ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> headers);

    /// <summary>The queue has deleted itself because nobody used it: what is left of it is to be removed. Does not wait.</summary>
    void QueueExpired(MessageQueue queue);
}

/// <summary>For a queue that lives nowhere.</summary>
internal sealed class DetachedQueueHost : IQueueHost
{
    public static readonly DetachedQueueHost Instance = new();

    public ExpiryClock Clock { get; } = new(TimeProvider.System);

    public RouteTargets Route(string exchange, ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> headers) => RouteTargets.Empty;

    public void QueueExpired(MessageQueue queue)
    {
    }
}
