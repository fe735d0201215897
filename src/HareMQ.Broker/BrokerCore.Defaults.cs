using HareMQ.Broker.Definitions;
using HareMQ.Broker.VirtualHosts;

namespace HareMQ.Broker;

// What virtual hosts begin with.
internal sealed partial class BrokerCore
{
    /// <summary>
    /// Gives a virtual host that nobody can reach yet what it begins with, in RabbitMQ's order. Called under the lock of changes.
    /// </summary>
    /// <returns>The lines of the journal that say so.</returns>
    private List<Definition> Begin(VirtualHost virtualHost, VirtualHostStart start)
    {
        var name = virtualHost.Name;
        var lines = new List<Definition>();
        if (start.Limits is { } limits)
        {
            virtualHost.Limits = limits;
            lines.Add(Describe(name, limits));
            if (Events.AreWanted) Events.VirtualHostLimitsChanged(name, limits);
        }

        lines.AddRange(start.Policies.Select(PolicyLines.Put));
        virtualHost.RecoverPolicies(start.Policies.Select(PolicyLines.Put));
        foreach (var policy in start.Policies)
            if (Events.AreWanted) Events.PolicySet(policy);
        foreach (var (_, user, permission) in start.Users)
        {
            if (!Access.TryGetUser(user.Name, out _))
            {
                Access.SetUser(user);
                lines.Add(Describe(user));
                if (Events.AreWanted) Events.UserPut(null, user);
            }

            Access.SetPermission(user.Name, name, permission);
            lines.Add(new PermissionPut(user.Name, name, permission.Configure, permission.Write, permission.Read));
            if (Events.AreWanted) Events.PermissionSet(user.Name, name, permission);
        }

        return lines;
    }

    private void LogCreated(string virtualHost, VirtualHostStart start)
    {
        BrokerLog.VirtualHostCreated(_logger, virtualHost);
        foreach (var policy in start.Policies) LogPut(policy);
        foreach (var (_, user, _) in start.Users) BrokerLog.DefaultUserAdmitted(_logger, virtualHost, user.Name);
    }
}
