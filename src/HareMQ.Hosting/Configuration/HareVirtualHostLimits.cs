namespace HareMQ.Hosting;

/// <summary>What new virtual hosts may have whose names match.</summary>
public sealed record HareVirtualHostLimits
{
    /// <summary>A regular expression. Default: every virtual host.</summary>
    public string Pattern { get; init; } = ".*";

    /// <summary>Connections, 0 or more. Null (the default): no limit.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Queues, likewise.</summary>
    public int? MaxQueues { get; init; }
}
