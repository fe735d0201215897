using System.Text.Json;
using HareMQ.Broker.Policies;

namespace HareMQ.Hosting;

public sealed partial class HareBroker
{
    /// <summary>All policies, those of a virtual host in the order in which they are asked.</summary>
    public IReadOnlyList<HarePolicy> Policies =>
    [
        .. _core.VirtualHosts
            .SelectMany(host => host.ListPolicies(PolicyKind.User).Concat(host.ListPolicies(PolicyKind.Operator)))
            .Select(Describe),
    ];

    /// <summary>Adds a policy, or replaces the one of that name. It holds when the task ends, for what exists and what will.</summary>
    /// <param name="policy">The policy.</param>
    /// <exception cref="ArgumentException">The policy cannot be, or there is no such virtual host; the message says why.</exception>
    public async Task PutPolicyAsync(HarePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var kind = policy.IsOperator ? PolicyKind.Operator : PolicyKind.User;
        var put = new Policy(
            kind, policy.VirtualHost, policy.Name, policy.Pattern, PolicyTargets.Parse(policy.ApplyTo), policy.Priority,
            PolicyDefinition.Parse(policy.Definition));
        if (!await _core.PutPolicyAsync(put))
            throw new ArgumentException($"There is no virtual host '{policy.VirtualHost}'.", nameof(policy));
    }

    /// <summary>Deletes a policy. What it asked for is no longer asked for when the task ends.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="virtualHost">Where it counts.</param>
    /// <param name="isOperator">It is an operator policy.</param>
    /// <returns>False when there is none.</returns>
    public Task<bool> DeletePolicyAsync(string name, string virtualHost = "/", bool isOperator = false) =>
        _core.DeletePolicyAsync(isOperator ? PolicyKind.Operator : PolicyKind.User, virtualHost, name);

    private static HarePolicy Describe(Policy policy) =>
        new(policy.Name, policy.Pattern, DefinitionText(policy))
        {
            VirtualHost = policy.VirtualHost,
            ApplyTo = policy.ApplyTo.Name(),
            Priority = policy.Priority,
            IsOperator = policy.Kind == PolicyKind.Operator,
        };

    private static string DefinitionText(Policy policy)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in policy.Definition)
            {
                writer.WritePropertyName(key);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
