using System.Net;
using HareMQ.Broker;
using HareMQ.Broker.Clients;
using HareMQ.Management.Control;
using HareMQ.Management.Statistics;
using Microsoft.Extensions.Logging;

namespace HareMQ.Management;

/// <summary>What every endpoint works with.</summary>
internal sealed class ManagementContext(
    BrokerCore core, IConnectionDirectory clients, ManagementOptions options, TimeProvider time, ILogger logger)
{
    public const string ClusterNameParameter = "cluster_name";

    public BrokerCore Core => core;

    public IConnectionDirectory Clients => clients;

    public ManagementOptions Options => options;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>The process around the broker; null: an application, which is in charge of it.</summary>
    public INodeControl? Node { get; init; }

    public Sampler Sampler { get; } = new(core, clients, options.Retention, time);

    public long StartedAt { get; } = time.GetTimestamp();

    /// <summary>Where this API listens itself, one for each listener of the options, in their order; set once it does.</summary>
    public IReadOnlyList<IPEndPoint> OwnEndPoints { get; set; } = [];

    public IReadOnlyList<ListenerSnapshot> OwnListeners => [.. OwnEndPoints.Zip(options.Listeners, (opened, listener) => listener.Describe(opened))];

    public IEnumerable<ListenerSnapshot> Listeners => clients.Listeners.Concat(OwnListeners).Concat(options.OtherListeners());

    public string ClusterName => ClusterNameOf(core) ?? options.ClusterName;

    /// <summary>As it was set while the broker ran; null: it was not.</summary>
    public static string? ClusterNameOf(BrokerCore core) =>
        core.Parameters.Globals.TryGetValue(ClusterNameParameter, out var name) && name.GetString() is { Length: > 0 } text ? text : null;
}
