using HareMQ.Broker.Definitions;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.VirtualHosts;

internal sealed partial class VirtualHost
{
    /// <summary>Builds what was declared in a former life, messages included. Before the first client; nothing is written.</summary>
    public void Recover(IEnumerable<ExchangePut> exchanges, IEnumerable<QueuePut> queues, IEnumerable<BindingPut> bindings)
    {
        foreach (var put in exchanges)
        {
            _logIds.Reserve(put.Log);
            var arguments = FieldTable.FromEncoded(put.Arguments);
            var exchange = Topology.DeclareExchange(
                new ExchangeDeclaration(put.Name, put.Type, Durable: true, put.AutoDelete, put.Internal, arguments) { LogId = put.Log }, out _);
            ApplyPolicies(exchange);
        }

        foreach (var put in queues)
        {
            _logIds.Reserve(put.Log);
            var declaration = new QueueDeclaration(
                put.Name, Durable: true, put.AutoDelete, Owner: null, FieldTable.FromEncoded(put.Arguments)) { User = put.User };
            _queues[put.Name] = CreateQueue(declaration, RecoverSettings(declaration), put.Log);
        }

        var bound = 0;
        foreach (var put in bindings)
        {
            if (!Topology.TryGetExchange(put.Source, out var source) || !TryGetDestination(put, out var destination)) continue;
            Topology.Bind(new Binding(source, destination, put.Key, FieldTable.FromEncoded(put.Arguments)));
            bound++;
        }

        // Not before everything is there that dead letters may need.
        foreach (var queue in _queues.Values)
        {
            if (queue.ReadyCount > 0 || queue.Settings.ExpiresMs is not null) queue.Wake();
        }

        foreach (var exchange in DelayedExchanges) exchange.Pending.Wake();

        BrokerLog.VirtualHostRecovered(
            _logger, Name, Topology.Exchanges.Count, _queues.Count, bound, _queues.Values.Sum(queue => queue.ReadyCount));
    }

    /// <summary>Arguments that a former version let pass must not keep the broker from starting.</summary>
    private QueueSettings RecoverSettings(QueueDeclaration declaration)
    {
        try
        {
            return QueueSettingsReader.Read(declaration, Name);
        }
        catch (ChannelException error)
        {
            BrokerLog.ArgumentsIgnored(_logger, declaration.Name, Name, error.Message);
            return QueueSettings.Default;
        }
    }

    private bool TryGetDestination(BindingPut put, out IRouteTarget destination)
    {
        if (put.ToExchange)
        {
            var found = Topology.TryGetExchange(put.Destination, out var exchange);
            destination = exchange!;
            return found;
        }

        var there = TryGetQueue(put.Destination, out var queue);
        destination = queue;
        return there;
    }
}
