using HareMQ.Broker.Access;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Policies;

namespace HareMQ.Broker.VirtualHosts;

/// <summary>What new virtual hosts begin with, by their names.</summary>
internal sealed record VirtualHostDefaults
{
    public IReadOnlyList<DefaultLimits> Limits { get; init; } = [];

    public IReadOnlyList<DefaultPolicy> Policies { get; init; } = [];

    public IReadOnlyList<DefaultUser> Users { get; init; } = [];

    /// <summary>As in RabbitMQ, the first limits that match, and all policies and users that do.</summary>
    public VirtualHostStart Find(string virtualHost) => new(
        DefaultLimits.Find(Limits, virtualHost),
        [.. Policies.Where(one => one.VirtualHosts.IsMatch(virtualHost)).Select(one => one.For(virtualHost))],
        [.. Users.Where(one => one.VirtualHosts.IsMatch(virtualHost))]);
}

/// <summary>What one new virtual host begins with.</summary>
/// <param name="Limits">Null: no limits.</param>
/// <param name="Policies">Its policies.</param>
/// <param name="Users">Who may use it.</param>
internal sealed record VirtualHostStart(VirtualHostLimits? Limits, IReadOnlyList<Policy> Policies, IReadOnlyList<DefaultUser> Users);
