using HareMQ.Broker.Definitions;
using HareMQ.Broker.Delays;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.VirtualHosts;

internal sealed partial class VirtualHost
{
    /// <summary>Creates the exchange, or checks that the one that is there was declared the same.</summary>
    public async ValueTask<Exchange> DeclareExchangeAsync(
        string name, string type, bool durable, bool autoDelete, bool isInternal, FieldTable arguments)
    {
        Exchange exchange;
        Task written;
        lock (_changing)
        {
            if (NodeLimits.Exchanges is { } exchangesMax && NodeUsage?.Exchanges >= exchangesMax && !Topology.TryGetExchange(name, out _))
                throw LimitErrors.NodeExchanges(name, exchangesMax);
            exchange = Topology.DeclareExchange(name, type, durable, autoDelete, isInternal, arguments, out var created);
            if (created) ApplyPolicies(exchange);
            if (!created) return exchange;
            written = durable ? WriteOrUndo(exchange) : Task.CompletedTask;
            if (Events.AreWanted) Events.ExchangeCreated(this, exchange);
        }

        await written;
        return exchange;
    }

    private Task WriteOrUndo(Exchange exchange)
    {
        try
        {
            return _journal.AppendAsync(Describe(exchange));
        }
        catch
        {
            Topology.DeleteExchange(exchange.Name, ifUnused: false, out _, out _);
            ForgetDelayed(exchange);
            throw;
        }
    }

    /// <exception cref="ChannelException">404: it is not there.</exception>
    public Exchange GetExchange(string name) =>
        Topology.TryGetExchange(name, out var exchange) ? exchange : throw RoutingErrors.ExchangeNotFound(name, Name);

    /// <summary>Deletes the exchange and all bindings from and to it. A missing one is no error.</summary>
    /// <exception cref="ChannelException">406: ifUnused, and it is the source of a binding.</exception>
    public async ValueTask DeleteExchangeAsync(string name, bool ifUnused)
    {
        lock (_changing)
        {
            if (!Topology.TryGetExchange(name, out var exchange)) return;
            if (!Topology.DeleteExchange(name, ifUnused, out var removed, out var autoDeleted)) return;
            ForgetExchanges([exchange, .. autoDeleted]);
            TellRemoved(removed, [exchange, .. autoDeleted]);
        }

        await _journal.SyncAsync();
    }

    /// <summary>Adds a binding; one that is there already is no error.</summary>
    public async ValueTask BindAsync(Exchange source, IRouteTarget destination, string routingKey, FieldTable arguments)
    {
        Task written;
        lock (_changing)
        {
            CheckStillThere(source);
            CheckStillThere(destination);
            var binding = new Binding(source, destination, routingKey, arguments);
            if (!Topology.Bind(binding)) return;
            written = IsKept(binding) ? WriteOrUndo(binding) : Task.CompletedTask;
            if (Events.AreWanted) Events.BindingCreated(this, binding);
        }

        await written;
    }

    private Task WriteOrUndo(Binding binding)
    {
        try
        {
            return _journal.AppendAsync(Describe(binding));
        }
        catch
        {
            Topology.Unbind(binding.Source, binding.Destination, binding.RoutingKey, binding.Arguments, out _);
            throw;
        }
    }

    /// <summary>Removes a binding; a missing one is no error. Auto-delete exchanges that lose their last binding as a source go with it.</summary>
    public async ValueTask UnbindAsync(Exchange source, IRouteTarget destination, string routingKey, FieldTable arguments)
    {
        lock (_changing)
        {
            if (!Topology.Unbind(source, destination, routingKey, arguments, out var autoDeleted)) return;
            if (source.Durable && IsKept(destination))
            {
                _journal.Append(new BindingGone(
                    Name, source.Name, destination.Name, destination is Exchange, routingKey, arguments.Encoded.ToArray()));
            }

            ForgetExchanges(autoDeleted);
            TellRemoved([new Binding(source, destination, routingKey, arguments)], autoDeleted);
        }

        await _journal.SyncAsync();
    }

    private void TellRemoved(IReadOnlyList<Binding> bindings, IReadOnlyList<Exchange> exchanges)
    {
        if (!Events.AreWanted) return;
        foreach (var binding in bindings) Events.BindingDeleted(this, binding);
        foreach (var exchange in exchanges) Events.ExchangeDeleted(this, exchange);
    }

    private static bool IsKept(Binding binding) => binding.Source.Durable && IsKept(binding.Destination);

    /// <summary>Between a look-up and the lock another connection may have deleted it.</summary>
    private void CheckStillThere(IRouteTarget target)
    {
        if (target is Exchange && !Topology.TryGetExchange(target.Name, out _)) throw RoutingErrors.ExchangeNotFound(target.Name, Name);
        if (target is MessageQueue { IsDeleted: true }) throw BrokerErrors.QueueNotFound(target.Name, Name);
    }

    private void ForgetExchanges(IReadOnlyList<Exchange> deleted)
    {
        foreach (var exchange in deleted)
        {
            if (exchange.Durable) _journal.Append(new ExchangeGone(Name, exchange.Name));
            ForgetDelayed(exchange);
        }
    }

    private ExchangePut Describe(Exchange exchange) =>
        new(
            Name, exchange.Name, exchange.Type, exchange.AutoDelete, exchange.Internal, exchange.Arguments.Encoded.ToArray(),
            (exchange as DelayedExchange)?.Pending.LogId ?? 0);

    private BindingPut Describe(Binding binding) => new(
        Name, binding.Source.Name, binding.Destination.Name, binding.Destination is Exchange, binding.RoutingKey,
        binding.Arguments.Encoded.ToArray());
}
