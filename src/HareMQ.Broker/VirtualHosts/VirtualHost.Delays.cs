using System.Diagnostics.CodeAnalysis;
using HareMQ.Broker.Delays;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Broker.VirtualHosts;

internal sealed partial class VirtualHost
{
    TimeProvider IDelayHost.Time => Clock.Time;

    RouteTargets IDelayHost.Route(string exchange, ReadOnlySpan<byte> routingKey, in BasicProperties properties) =>
        ((IQueueHost)this).Route(exchange, routingKey, in properties);

    private IEnumerable<DelayedExchange> DelayedExchanges => Topology.Exchanges.OfType<DelayedExchange>();

    /// <summary>Finds what an exchange holds back, by the name of the pseudo-queue that stands for it.</summary>
    public bool TryGetDelayed(string name, [NotNullWhen(true)] out DelayedMessages? pending)
    {
        pending = null;
        if (!name.StartsWith(DelayedMessages.NamePrefix, StringComparison.Ordinal)) return false;
        if (Topology.TryGetExchange(name[DelayedMessages.NamePrefix.Length..], out var found)) pending = (found as DelayedExchange)?.Pending;
        return pending is not null;
    }

    /// <summary>Runs while the topology is being changed.</summary>
    private DelayedExchange CreateDelayedExchange(ExchangeDeclaration declaration)
    {
        var inner = DelayedExchange.ReadInnerType(declaration.Arguments, ExchangeTypes.BuiltIn)(declaration);
        var logId = declaration.LogId != 0 ? declaration.LogId : _logIds.Next();
        var pending = new DelayedMessages(
            Name, declaration.Name, declaration.Durable, logId, _store.OpenGroup(logId), _scheduler, this, _logger);
        return new DelayedExchange(declaration, inner, pending);
    }

    /// <summary>What the deleted exchanges held back goes with them. Does not wait for it.</summary>
    private void ForgetDelayed(Exchange exchange)
    {
        if (exchange is DelayedExchange delayed) _ = ForgetDelayedAsync(delayed);
    }

    /// <summary>Never throws.</summary>
    private async Task ForgetDelayedAsync(DelayedExchange exchange)
    {
        try
        {
            await exchange.Pending.DeleteAsync();
            _store.DeleteGroup(exchange.Pending.LogId);
        }
        catch (StorageException error)
        {
            // The exchange is gone all the same; what is left of its files goes at the next start.
            BrokerLog.DelayFilesLeft(_logger, Name, exchange.Name, error);
        }
    }
}
