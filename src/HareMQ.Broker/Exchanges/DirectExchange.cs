using System.Collections.Concurrent;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>A binding matches the messages with exactly its key.</summary>
internal sealed class DirectExchange : Exchange
{
    // One lock: the topology lets only one thread write.
    private readonly ConcurrentDictionary<string, Bag<Binding>> _bindings = new(concurrencyLevel: 1, capacity: 7, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Bag<Binding>>.AlternateLookup<ReadOnlySpan<char>> _bindingsByKey;

    public DirectExchange(ExchangeDeclaration declaration)
        : base(declaration) => _bindingsByKey = _bindings.GetAlternateLookup<ReadOnlySpan<char>>();

    public override RouteInputs Inputs => RouteInputs.RoutingKey;

    public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk)
    {
        if (_bindingsByKey.TryGetValue(routingKey, out var bindings)) walk.Found(bindings.Items);
    }

    protected override void AddToIndex(Binding binding)
    {
        if (_bindings.TryGetValue(binding.RoutingKey, out var bindings))
        {
            bindings.Add(binding);
            return;
        }
        bindings = new Bag<Binding>();
        bindings.Add(binding);
        _bindings[binding.RoutingKey] = bindings;
    }

    protected override void RemoveFromIndex(Binding binding)
    {
        var bindings = _bindings[binding.RoutingKey];
        bindings.Remove(binding);
        if (bindings.Count == 0) _bindings.TryRemove(binding.RoutingKey, out _);
    }
}
