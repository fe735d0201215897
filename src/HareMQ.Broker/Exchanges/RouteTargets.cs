namespace HareMQ.Broker.Exchanges;

/// <summary>The queues a message goes to. Immutable: channels keep it for later messages with the same exchange and key.</summary>
internal sealed class RouteTargets(IRouteTarget[] queues)
{
    public static RouteTargets Empty { get; } = new([]);

    /// <summary>Each once, never an exchange. Not to be written to.</summary>
    public IRouteTarget[] Queues => queues;

    public bool IsEmpty => queues.Length == 0;
}
