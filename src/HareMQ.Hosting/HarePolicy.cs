namespace HareMQ.Hosting;

/// <summary>
/// Optional arguments for all queues and exchanges of a virtual host whose name matches, as RabbitMQ's <c>set_policy</c> sets them.
/// </summary>
/// <param name="Name">Unique among the policies of its kind in its virtual host.</param>
/// <param name="Pattern">A regular expression that is searched for in the names.</param>
/// <param name="Definition">What it asks for, as a JSON object: <c>{"message-ttl":60000,"max-length":1000}</c>.</param>
public sealed record HarePolicy(string Name, string Pattern, string Definition)
{
    /// <summary>Where it counts.</summary>
    public string VirtualHost { get; init; } = "/";

    /// <summary><c>all</c>, <c>queues</c>, <c>classic_queues</c>, <c>quorum_queues</c>, <c>streams</c> or <c>exchanges</c>.</summary>
    public string ApplyTo { get; init; } = "all";

    /// <summary>Of the policies that match a name, the one with the highest counts; of equals, the first by name.</summary>
    public int Priority { get; init; }

    /// <summary>An operator policy: it limits what arguments and other policies ask for, and may set limits only.</summary>
    public bool IsOperator { get; init; }
}
