using System.Text;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;
using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Events;

/// <summary>
/// What the broker itself publishes to one of its exchanges, in the order in which it is said. One batch is under way at a time, and the
/// next one fills meanwhile; nobody who has something to say ever waits. Thread-safe; may be called under any lock.
/// </summary>
/// <param name="virtualHost">Where the exchange is.</param>
/// <param name="exchangeName">Its name.</param>
/// <param name="logger">Where it says what it has dropped.</param>
/// <param name="pendingBytesMax">What may wait for queues that are slower than the broker. More is dropped.</param>
internal sealed class BrokerFeed(
    VirtualHost virtualHost, string exchangeName, ILogger logger, int pendingBytesMax = BrokerFeed.UsualPendingBytesMax) : IBatchOwner
{
    /// <summary>Where lines of the log go, if that is asked for.</summary>
    public const string LogExchangeName = "amq.rabbitmq.log";

    private const int UsualPendingBytesMax = 64 * 1024 * 1024;

    private readonly Lock _filling = new();
    private PublishBatch? _pending;
    private bool _isUnderWay;
    private long _dropped;

    /// <summary>Somebody listens.</summary>
    public bool IsWanted => virtualHost.Topology.TryGetExchange(exchangeName, out var exchange) && exchange.HasBindings;

    /// <param name="routingKeyUtf8">At most 255 bytes.</param>
    /// <param name="encodedProperties">As on the wire.</param>
    /// <param name="body">The body.</param>
    public void Publish(ReadOnlySpan<byte> routingKeyUtf8, ReadOnlySpan<byte> encodedProperties, ReadOnlySpan<byte> body)
    {
        if (!virtualHost.Topology.TryGetExchange(exchangeName, out var exchange)) return;
        var properties = BasicProperties.Read(encodedProperties);
        var targets = virtualHost.Topology.Route(exchange, routingKeyUtf8, in properties);
        if (targets.IsEmpty) return;
        PublishBatch? batch = null;
        lock (_filling)
        {
            if (_pending is { } full && full.Bytes + (long)body.Length > pendingBytesMax)
            {
                _dropped++;
                return;
            }

            _pending ??= PublishBatch.Rent(this);
            Add(_pending, exchange, targets, routingKeyUtf8, in properties, body);
            if (!_isUnderWay) batch = TakePending();
        }

        batch?.Dispatch(runInline: false);
    }

    void IBatchOwner.BatchEnded(int bytes)
    {
        PublishBatch? batch;
        long dropped;
        lock (_filling)
        {
            batch = TakePending();
            (dropped, _dropped) = (_dropped, 0);
        }

        if (dropped > 0) BrokerLog.FeedOverflowed(logger, exchangeName, virtualHost.Name, dropped);
        batch?.Dispatch(runInline: false);
    }

    private PublishBatch? TakePending()
    {
        var batch = _pending;
        _pending = null;
        _isUnderWay = batch is not null;
        return batch;
    }

    private void Add(
        PublishBatch batch, Exchange exchange, RouteTargets targets, ReadOnlySpan<byte> routingKey, in BasicProperties properties,
        ReadOnlySpan<byte> body)
    {
        var head = new MessageHead
        {
            Exchange = Encoding.UTF8.GetBytes(exchange.Name),
            RoutingKey = routingKey,
            Properties = properties.Encoded,
            Persistent = properties.IsPersistent || targets.KeepTransient,
            Priority = properties.Priority,
            TimestampMs = virtualHost.Clock.NowMs,
        };
        body.CopyTo(batch.Begin(head, body.Length));
        batch.End(targets);
    }
}
