using HareMQ.Broker.Events;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.VirtualHosts;

internal sealed partial class VirtualHost
{
    private volatile Firehose? _firehose;

    public string NodeName { get; init; } = "";

    public BrokerEvents Events { get; init; } = BrokerEvents.None;

    /// <summary>What tells of events, in the one virtual host that has the exchange for them.</summary>
    public BrokerFeed? EventFeed { get; private set; }

    /// <summary>What takes lines of the log, likewise.</summary>
    public BrokerFeed? LogFeed { get; private set; }

    /// <summary>Where copies of messages go; null, as a rule: tracing is off.</summary>
    public Firehose? Firehose => _firehose;

    /// <summary>Called by the broker's core, under its lock.</summary>
    public void SetTracing(bool on)
    {
        if (!on) _firehose = null;
        else _firehose ??= new Firehose(new BrokerFeed(this, Firehose.ExchangeName, _logger), NodeName, Name);
    }

    /// <summary>Before the first client.</summary>
    public void AddEventExchange() => EventFeed = AddFeed(BrokerEvents.ExchangeName);

    /// <summary>Before the first client.</summary>
    public void AddLogExchange() => LogFeed = AddFeed(BrokerFeed.LogExchangeName);

    /// <summary>The exchange is part of the broker: no line of the journal makes it.</summary>
    private BrokerFeed AddFeed(string exchangeName)
    {
        Topology.DeclareExchange(
            exchangeName, ExchangeTypes.Topic, durable: true, autoDelete: false, isInternal: true, FieldTable.Empty, out _);
        return new BrokerFeed(this, exchangeName, _logger);
    }
}
