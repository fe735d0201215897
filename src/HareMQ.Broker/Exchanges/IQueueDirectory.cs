using System.Diagnostics.CodeAnalysis;

namespace HareMQ.Broker.Exchanges;

/// <summary>The queues of a virtual host, which the default exchange finds by name.</summary>
/// <remarks>Called by every thread that routes, and under the topology's lock: look up, never wait. A queue is listed before it is bound
/// and unlisted before <see cref="Topology.RemoveDestination"/>, so that no binding to a deleted queue can be made in between.</remarks>
internal interface IQueueDirectory
{
    bool TryGetQueue(ReadOnlySpan<char> name, [NotNullWhen(true)] out IRouteTarget? queue);
}
