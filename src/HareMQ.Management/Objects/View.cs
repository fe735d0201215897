using System.Globalization;
using HareMQ.Broker.Clients;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Statistics;
using HareMQ.Management.Http;
using HareMQ.Management.Statistics;

namespace HareMQ.Management.Objects;

/// <summary>How one request wants to see things. Who is connected is looked up once, if at all.</summary>
internal sealed class View
{
    private readonly ApiRequest _request;
    private readonly Lazy<Dictionary<object, ConnectionSnapshot>> _owners;

    public View(ApiRequest request)
    {
        _request = request;
        NowMs = request.Context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Stats = new StatsJson(Ages.Read(request), NowMs, request.Context.Options.HasRates);
        _owners = new(() => AllConnections.ToDictionary(connection => connection.Owner, ReferenceEqualityComparer.Instance));
        _connections = new(() =>
        [
            .. request.Context.Clients.Connections
                .OrderBy(connection => connection.VirtualHost, StringComparer.Ordinal)
                .ThenBy(connection => connection.Name, StringComparer.Ordinal),
        ]);
    }

    private readonly Lazy<IReadOnlyList<ConnectionSnapshot>> _connections;

    public long NowMs { get; }

    public string NodeName => _request.Context.Options.NodeName;

    public StatsJson Stats { get; }

    public bool DisableStats => _request.Context.Options.DisableStats || _request.Flag("disable_stats");

    public bool EnableQueueTotals => _request.Context.Options.EnableQueueTotals || _request.Flag("enable_queue_totals");

    /// <summary>Those that this user may see: monitors all, others their own.</summary>
    public IEnumerable<ConnectionSnapshot> Connections =>
        AllConnections.Where(connection => _request.IsMonitor || connection.User == _request.User.Name);

    public IEnumerable<ChannelOfConnection> Channels => ChannelsOf(Connections);

    /// <summary>Everybody's: who may see them is still to be checked.</summary>
    public IEnumerable<ChannelOfConnection> AllChannels => ChannelsOf(AllConnections);

    /// <summary>Everybody's: whose queues they are is checked by the queue.</summary>
    public IEnumerable<ConsumerOfChannel> Consumers => AllChannels
        .SelectMany(channel => channel.Channel.Consumers.Where(consumer => consumer.Queue is not null)
            .Select(consumer => new ConsumerOfChannel(channel, consumer)));

    private IReadOnlyList<ConnectionSnapshot> AllConnections => _connections.Value;

    /// <summary>A word for a connection or one of its channels, of the form that process identifiers have in RabbitMQ.</summary>
    public string PidOf(ConnectionSnapshot connection, int channel = 0) => PidOf(NodeName, connection, channel);

    /// <inheritdoc cref="PidOf(ConnectionSnapshot, int)"/>
    public static string PidOf(string node, ConnectionSnapshot connection, int channel) => $"<{node}.1.{connection.Id}.{channel}>";

    /// <summary>When something last happened to it, as the samples tell; null while something happens.</summary>
    public string? IdleSince(Sampled thing)
    {
        if (thing.Series is not Series { ChangedAtMs: > 0 } series || NowMs - series.ChangedAtMs <= Sampler.IntervalMs) return null;
        return DateTimeOffset.FromUnixTimeMilliseconds(series.ChangedAtMs)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
    }

    public ConnectionSnapshot? OwnerOf(object owner) => _owners.Value.GetValueOrDefault(owner);

    private static IEnumerable<ChannelOfConnection> ChannelsOf(IEnumerable<ConnectionSnapshot> connections) =>
        connections.SelectMany(connection => connection.Channels.Select(channel => new ChannelOfConnection(connection, channel)));
}

internal sealed record ChannelOfConnection(ConnectionSnapshot Connection, ChannelSnapshot Channel)
{
    public string Name => $"{Connection.Name} ({Channel.Number})";
}

internal sealed record ConsumerOfChannel(ChannelOfConnection Channel, Consumer Consumer);
