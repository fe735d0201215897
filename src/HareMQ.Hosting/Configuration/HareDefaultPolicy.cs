namespace HareMQ.Hosting;

/// <summary>An operator's policy that new virtual hosts begin with whose names match.</summary>
/// <param name="Name">The policy's name.</param>
/// <param name="Definition">What it asks for, as <see cref="HarePolicy.Definition"/>.</param>
public sealed record HareDefaultPolicy(string Name, string Definition)
{
    /// <summary>A regular expression. Default: every virtual host.</summary>
    public string VirtualHostPattern { get; init; } = ".*";

    /// <summary>A regular expression that is searched for in the names of queues. Default: every queue.</summary>
    public string QueuePattern { get; init; } = ".*";

    /// <summary><c>all</c> (the default), <c>queues</c>, <c>classic_queues</c>, <c>quorum_queues</c> or <c>streams</c>.</summary>
    public string ApplyTo { get; init; } = "all";
}
