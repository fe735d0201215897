using HareMQ.Broker;
using HareMQ.Broker.Clients;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Metrics;

/// <summary>What there was when somebody asked.</summary>
internal sealed class Scrape
{
    /// <param name="core">The broker.</param>
    /// <param name="clients">Who is connected.</param>
    /// <param name="virtualHosts">The names of those that count; null: all.</param>
    public Scrape(BrokerCore core, IConnectionDirectory clients, IReadOnlySet<string>? virtualHosts = null)
    {
        Core = core;
        VirtualHosts = [.. core.VirtualHosts.Where(virtualHost => virtualHosts?.Contains(virtualHost.Name) ?? true)];
        Connections = [.. clients.Connections.Where(connection => virtualHosts?.Contains(connection.VirtualHost) ?? IsOpen(connection))];
        Channels =
        [
            .. Connections.SelectMany(connection => connection.Channels.Select(channel => new ChannelOfConnection(connection, channel))),
        ];
        Queues = [.. VirtualHosts.SelectMany(virtualHost => virtualHost.Queues)];
    }

    public BrokerCore Core { get; }

    public IReadOnlyList<VirtualHost> VirtualHosts { get; }

    /// <summary>Those that have opened a virtual host.</summary>
    public IReadOnlyList<ConnectionSnapshot> Connections { get; }

    public IReadOnlyList<ChannelOfConnection> Channels { get; }

    public IReadOnlyList<MessageQueue> Queues { get; }

    public int ConsumerCount => Channels.Sum(found => found.Channel.Consumers.Count);

    public int PublisherCount => Channels.Count(found => found.Channel.Messages.Publish > 0);

    private static bool IsOpen(ConnectionSnapshot connection) => connection.VirtualHost.Length > 0;
}
