using System.Text.RegularExpressions;

namespace HareMQ.Broker.Limits;

/// <summary>What new virtual hosts may have.</summary>
/// <param name="VirtualHosts">Matches their names.</param>
/// <param name="Limits">Their limits.</param>
internal sealed record DefaultLimits(Regex VirtualHosts, VirtualHostLimits Limits)
{
    /// <returns>Those of the first that matches, as RabbitMQ; null when none does.</returns>
    public static VirtualHostLimits? Find(IReadOnlyList<DefaultLimits> all, string virtualHost)
    {
        foreach (var one in all)
            if (one.VirtualHosts.IsMatch(virtualHost))
                return one.Limits;
        return null;
    }
}
