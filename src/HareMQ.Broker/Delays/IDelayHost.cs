using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Delays;

/// <summary>What delayed messages need of the virtual host they live in. Any thread.</summary>
internal interface IDelayHost
{
    TimeProvider Time { get; }

    /// <summary>Finds the queues for a message that the broker publishes itself: none when there is no such exchange.</summary>
    RouteTargets Route(string exchange, ReadOnlySpan<byte> routingKey, in BasicProperties properties);
}
