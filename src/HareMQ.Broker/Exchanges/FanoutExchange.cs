using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>Every binding matches every message.</summary>
internal sealed class FanoutExchange(ExchangeDeclaration declaration) : Exchange(declaration)
{
    private readonly Bag<Binding> _bindings = new();

    public override RouteInputs Inputs => RouteInputs.None;

    public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk) => walk.Found(_bindings.Items);

    protected override void AddToIndex(Binding binding) => _bindings.Add(binding);

    protected override void RemoveFromIndex(Binding binding) => _bindings.Remove(binding);
}
