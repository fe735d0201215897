using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

internal sealed partial class Topology
{
    // Guarded by _changes. The bindings by source are with their exchange.
    private readonly Dictionary<IRouteTarget, HashSet<Binding>> _bindingsTo = new(ReferenceEqualityComparer.Instance);

    /// <summary>Adds a binding. False: it was there already.</summary>
    /// <exception cref="ChannelException">403 ACCESS_REFUSED: one end is the default exchange. 404 NOT_FOUND: one end was deleted
    /// meanwhile. 406 PRECONDITION_FAILED: the source cannot match such arguments.</exception>
    public bool Bind(Binding binding)
    {
        if (binding.Destination == Default) throw RoutingErrors.DefaultExchange();
        binding.Source.Validate(binding);
        lock (_changes)
        {
            CheckExists(binding.Source);
            CheckExists(binding.Destination);
            if (!binding.Source.Add(binding)) return false;
            if (!_bindingsTo.TryGetValue(binding.Destination, out var bindings)) _bindingsTo[binding.Destination] = bindings = [];
            bindings.Add(binding);
            RoutesChanged();
            return true;
        }
    }

    /// <summary>Removes a binding. False: there was none.</summary>
    /// <param name="source">Where messages came from.</param>
    /// <param name="destination">Where they went.</param>
    /// <param name="key">The binding's key.</param>
    /// <param name="arguments">The binding's arguments, in any order.</param>
    /// <param name="autoDeleted">The source, if that was the last binding of an auto-delete exchange, and what went with it.</param>
    public bool Unbind(
        Exchange source, IRouteTarget destination, string key, FieldTable arguments, out IReadOnlyList<Exchange> autoDeleted)
    {
        var deleted = new List<Exchange>();
        autoDeleted = deleted;
        lock (_changes)
        {
            if (!source.Bindings.TryGetValue(new Binding(source, destination, key, arguments), out var binding)) return false;
            Remove(binding);
            if (IsAbandoned(source))
            {
                deleted.Add(source);
                RemoveTarget(source, [], deleted);
            }
            RoutesChanged();
            return true;
        }
    }

    /// <summary>Deletes an exchange and the bindings from and to it. False: there was none.</summary>
    /// <param name="name">The exchange's name.</param>
    /// <param name="ifUnused">Refuse if it is the source of a binding.</param>
    /// <param name="removed">All bindings that went, those of <paramref name="autoDeleted"/> included.</param>
    /// <param name="autoDeleted">Auto-delete exchanges whose last binding led here, and so on.</param>
    /// <exception cref="ChannelException">403 ACCESS_REFUSED: the default exchange. 406 PRECONDITION_FAILED: in use.</exception>
    public bool DeleteExchange(
        string name, bool ifUnused, out IReadOnlyList<Binding> removed, out IReadOnlyList<Exchange> autoDeleted)
    {
        if (name.Length == 0) throw RoutingErrors.DefaultExchange();
        var (bindings, deleted) = (new List<Binding>(), new List<Exchange>());
        (removed, autoDeleted) = (bindings, deleted);
        lock (_changes)
        {
            if (!_exchanges.TryGetValue(name, out var exchange)) return false;
            if (ifUnused && exchange.HasBindings) throw RoutingErrors.ExchangeInUse(name, _virtualHost);
            RemoveTarget(exchange, bindings, deleted);
            RoutesChanged();
            return true;
        }
    }

    /// <summary>Removes the bindings to a queue that is being deleted. It is no longer in the directory.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="removed">All bindings that went, those of <paramref name="autoDeleted"/> included.</param>
    /// <param name="autoDeleted">Auto-delete exchanges whose last binding led to the queue, and so on.</param>
    public void RemoveDestination(IRouteTarget queue, out IReadOnlyList<Binding> removed, out IReadOnlyList<Exchange> autoDeleted)
    {
        var (bindings, deleted) = (new List<Binding>(), new List<Exchange>());
        (removed, autoDeleted) = (bindings, deleted);
        lock (_changes)
        {
            RemoveTarget(queue, bindings, deleted);
            RoutesChanged();
        }
    }

    public IReadOnlyList<Binding> BindingsFrom(Exchange exchange)
    {
        lock (_changes) return [.. exchange.Bindings];
    }

    /// <summary>Not the one by which the default exchange finds a queue: that exists by the queue's name alone.</summary>
    public IReadOnlyList<Binding> BindingsTo(IRouteTarget destination)
    {
        lock (_changes) return _bindingsTo.TryGetValue(destination, out var bindings) ? [.. bindings] : [];
    }

    private static bool IsAbandoned(Exchange exchange) => exchange is { AutoDelete: true, HasBindings: false };

    private void CheckExists(IRouteTarget target)
    {
        if (target is Exchange)
        {
            if (!_exchanges.TryGetValue(target.Name, out var exchange) || exchange != target)
                throw RoutingErrors.ExchangeNotFound(target.Name, _virtualHost);
        }
        else if (!_queues.TryGetQueue(target.Name, out var queue) || queue != target)
        {
            throw RoutingErrors.QueueNotFound(target.Name, _virtualHost);
        }
    }

    private void Remove(Binding binding)
    {
        binding.Source.Remove(binding);
        var bindings = _bindingsTo[binding.Destination];
        bindings.Remove(binding);
        if (bindings.Count == 0) _bindingsTo.Remove(binding.Destination);
    }

    /// <summary>
    /// Removes a queue's or exchange's bindings, the exchange itself, and the auto-delete exchanges that have nowhere left to lead.
    /// </summary>
    private void RemoveTarget(IRouteTarget target, List<Binding> removed, List<Exchange> autoDeleted)
    {
        // Not recursive: a chain of auto-delete exchanges may be as long as clients like.
        var pending = new Queue<IRouteTarget>([target]);
        while (pending.TryDequeue(out var current))
        {
            if (current is Exchange exchange)
            {
                foreach (var binding in BindingsFrom(exchange)) RemoveOne(binding);
                _exchanges.TryRemove(exchange.Name, out _);
            }
            foreach (var binding in BindingsTo(current))
            {
                RemoveOne(binding);
                if (!IsAbandoned(binding.Source)) continue;
                autoDeleted.Add(binding.Source);
                pending.Enqueue(binding.Source);
            }
        }

        void RemoveOne(Binding binding)
        {
            Remove(binding);
            removed.Add(binding);
        }
    }
}
