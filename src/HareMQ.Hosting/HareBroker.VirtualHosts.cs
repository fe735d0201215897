using System.Security.Cryptography;
using System.Text.RegularExpressions;
using HareMQ.Broker.Access;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Policies;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;

namespace HareMQ.Hosting;

// What virtual hosts begin with.
public sealed partial class HareBroker
{
    internal static string NameOf(HareQueueType type) =>
        type == HareQueueType.Quorum ? QueueSettingsReader.Quorum : QueueSettingsReader.Classic;

    /// <exception cref="HareMQ.Broker.Definitions.InvalidDefinitionException">It cannot be.</exception>
    internal static Policy ToPolicy(HareDefaultPolicy policy) => new(
        PolicyKind.Operator, "", policy.Name, policy.QueuePattern, PolicyTargets.Parse(policy.ApplyTo), Priority: 0,
        PolicyDefinition.Parse(policy.Definition));

    private static VirtualHostDefaults VirtualHostDefaults(HareBrokerOptions options)
    {
        var passwords = Passwords(options);
        return new VirtualHostDefaults
        {
            Limits = [.. options.DefaultLimits.Select(ToDefaultLimits)],
            Policies = [.. options.DefaultOperatorPolicies.Select(policy => new DefaultPolicy(NamePattern(policy.VirtualHostPattern), ToPolicy(policy)))],
            Users = [.. options.DefaultUsers.Select(user => ToDefaultUser(user, passwords))],
        };
    }

    private static DefaultLimits ToDefaultLimits(HareVirtualHostLimits limits) =>
        new(NamePattern(limits.Pattern), new VirtualHostLimits(limits.MaxConnections, limits.MaxQueues));

    private static DefaultUser ToDefaultUser(HareDefaultUser user, PasswordPolicy passwords)
    {
        var hash = user.Password is { } password
            ? passwords.Hash(password)
            : PasswordHash.Create(RandomNumberGenerator.GetBytes(32), passwords.Algorithm);
        return new DefaultUser(NamePattern(user.VirtualHostPattern), new User(user.Name, hash, user.Tags), ToPermission(user.Permissions));
    }

    private static Permission ToPermission(HarePermissions permissions) => new(permissions.Configure, permissions.Write, permissions.Read);

    private static Regex NamePattern(string pattern) => new(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
