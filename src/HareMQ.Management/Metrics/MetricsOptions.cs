using HareMQ.Broker.Access;

namespace HareMQ.Management.Metrics;

/// <summary>How metrics are served.</summary>
internal sealed record MetricsOptions
{
    public required IReadOnlyList<ManagementListener> Listeners { get; init; }

    /// <summary>Where they are, with a slash in front and none behind.</summary>
    public string Path { get; init; } = "/metrics";

    /// <summary>That path itself gives a line per object.</summary>
    public bool PerObject { get; init; }

    /// <summary>Queues of these names do not count in what is added up of all; null: all do.</summary>
    public ResourcePattern? LeftOutOfSums { get; init; }

    public string NodeName { get; init; } = "hare@localhost";

    /// <summary>May change while the broker runs.</summary>
    public Func<string> ClusterName { get; init; } = () => "";

    public string ProductName { get; init; } = "HareMQ";

    public string ProductVersion { get; init; } = "";

    /// <summary>What an identity says of the path without a suffix.</summary>
    public string Endpoint => PerObject ? "per-object" : "aggregated";
}
