using System.Collections.Immutable;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>Each message goes to one of the bindings, whatever their keys are. A restart does not change the bindings' order.</summary>
internal abstract class OneWayExchange(ExchangeDeclaration declaration) : Exchange(declaration)
{
    private volatile ImmutableList<Binding> _bindings = [];

    public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk)
    {
        var bindings = _bindings;
        if (!bindings.IsEmpty) walk.Found(bindings[Choose(routingKey, bindings.Count)]);
    }

    /// <returns>An index below <paramref name="count"/>.</returns>
    protected abstract int Choose(ReadOnlySpan<char> routingKey, int count);

    protected override void AddToIndex(Binding binding)
    {
        var index = _bindings.BinarySearch(binding, BindingOrder.Instance);
        _bindings = _bindings.Insert(index < 0 ? ~index : index, binding);
    }

    protected override void RemoveFromIndex(Binding binding)
    {
        var index = _bindings.BinarySearch(binding, BindingOrder.Instance);
        // A queue that was just deleted and the one declared again under its name may be bound at the same time, and are in no order.
        while (index > 0 && BindingOrder.Instance.Compare(_bindings[index - 1], binding) == 0) index--;
        while (!ReferenceEquals(_bindings[index], binding)) index++;
        _bindings = _bindings.RemoveAt(index);
    }

    private sealed class BindingOrder : IComparer<Binding>
    {
        public static BindingOrder Instance { get; } = new();

        public int Compare(Binding? x, Binding? y)
        {
            var order = string.CompareOrdinal(x!.Destination.Name, y!.Destination.Name);
            if (order == 0) order = (x.DestinationExchange is null).CompareTo(y.DestinationExchange is null);
            if (order == 0) order = string.CompareOrdinal(x.RoutingKey, y.RoutingKey);
            return order != 0 ? order : x.Arguments.Encoded.Span.SequenceCompareTo(y.Arguments.Encoded.Span);
        }
    }
}
