using HareMQ.Broker.Definitions;
using HareMQ.Broker.Policies;

namespace HareMQ.Broker;

internal sealed partial class BrokerCore
{
    /// <summary>Adds or replaces a policy. It holds when the task ends: for what exists and for what will be declared.</summary>
    /// <returns>False when there is no such virtual host.</returns>
    /// <exception cref="InvalidDefinitionException">The policy cannot be; the message says why.</exception>
    public async Task<bool> PutPolicyAsync(Policy policy)
    {
        var rule = PolicyRule.Compile(policy, _logger);
        // So that no policy is written after the line that its virtual host is gone.
        lock (_changing)
        {
            if (!_virtualHosts.TryGetValue(policy.VirtualHost, out var virtualHost)) return false;
            virtualHost.PutPolicy(rule);
            if (Events.AreWanted) Events.PolicySet(policy);
        }

        LogPut(policy);
        await _journal.SyncAsync();
        return true;
    }

    /// <returns>False when there is no such policy.</returns>
    public async Task<bool> DeletePolicyAsync(PolicyKind kind, string virtualHost, string name)
    {
        lock (_changing)
        {
            if (!_virtualHosts.TryGetValue(virtualHost, out var found) || !found.DeletePolicy(kind, name)) return false;
            if (Events.AreWanted) Events.PolicyCleared(kind, virtualHost, name);
        }

        PolicyLog.Deleted(_logger, KindName(kind), name, virtualHost);
        await _journal.SyncAsync();
        return true;
    }

    private void LogPut(Policy policy)
    {
        PolicyLog.Put(
            _logger, KindName(policy.Kind), policy.Name, policy.VirtualHost, policy.Pattern, policy.ApplyTo.Name(), policy.Priority);
        foreach (var key in policy.Definition.Keys.Where(PolicyKeys.IsOfMirroring))
            PolicyLog.MirroringIgnored(_logger, policy.Name, policy.VirtualHost, key);
    }

    private static string KindName(PolicyKind kind) => kind == PolicyKind.User ? "user" : "operator";
}
