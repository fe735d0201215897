using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>The exchange without a name: a routing key is a queue's name. It has no bindings and takes none.</summary>
internal sealed class DefaultExchange(IQueueDirectory queues)
    : Exchange(new ExchangeDeclaration("", ExchangeTypes.Direct, Durable: true, AutoDelete: false, Internal: false, FieldTable.Empty))
{
    public override RouteInputs Inputs => RouteInputs.RoutingKey;

    public override void Validate(Binding binding) => throw RoutingErrors.DefaultExchange();

    public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk)
    {
        if (queues.TryGetQueue(routingKey, out var queue)) walk.Found(queue);
    }

    protected override void AddToIndex(Binding binding) => throw RoutingErrors.DefaultExchange();

    protected override void RemoveFromIndex(Binding binding) => throw RoutingErrors.DefaultExchange();
}
