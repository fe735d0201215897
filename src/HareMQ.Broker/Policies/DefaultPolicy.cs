using System.Text.RegularExpressions;

namespace HareMQ.Broker.Policies;

/// <summary>A policy that new virtual hosts begin with.</summary>
/// <param name="VirtualHosts">Matches their names.</param>
/// <param name="Policy">The policy, for any virtual host.</param>
internal sealed record DefaultPolicy(Regex VirtualHosts, Policy Policy)
{
    public Policy For(string virtualHost) => Policy with { VirtualHost = virtualHost };
}
