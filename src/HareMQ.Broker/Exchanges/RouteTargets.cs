namespace HareMQ.Broker.Exchanges;

/// <summary>The queues a message goes to. Immutable: channels keep it for later messages with the same exchange and key.</summary>
internal sealed class RouteTargets(IRouteTarget[] queues)
{
    public static RouteTargets Empty { get; } = new([]);

    /// <summary>Each once, never an exchange. Not to be written to.</summary>
    public IRouteTarget[] Queues => queues;

    public bool IsEmpty => queues.Length == 0;

    /// <summary>At least one of them keeps messages that their publishers call transient.</summary>
    public bool KeepTransient { get; } = Array.Exists(queues, static queue => queue.KeepsTransient);
}
