namespace HareMQ.Broker.Exchanges;

/// <summary>
/// What a binding may lead to: a queue or another exchange. Compared by reference: a queue declared again is another target.
/// </summary>
internal interface IRouteTarget
{
    string Name { get; }

    bool Durable { get; }

    /// <summary>Transient messages are kept over a restart as well.</summary>
    bool KeepsTransient => false;
}
