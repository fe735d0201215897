using System.Globalization;
using HareMQ.Broker.Policies;
using HareMQ.Broker.Queues;

namespace HareMQ.Hosting;

/// <summary>The keys of what virtual hosts begin with, among <see cref="ConfigurationKeys"/>.</summary>
internal static class VirtualHostConfigurationKeys
{
    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.Choice("default_queue_type",
            [
                (QueueSettingsReader.Classic, HareQueueType.Classic), (QueueSettingsReader.Quorum, HareQueueType.Quorum),
                ("rabbit_classic_queue", HareQueueType.Classic), ("rabbit_quorum_queue", HareQueueType.Quorum),
            ], (settings, value) => settings.Broker.DefaultQueueType = value),
        ConfigurationKey.Record("default_limits.vhosts.*",
            $"ID.pattern with a regular expression, ID.max_connections or ID.max_queues with {OptionRange.Limit}, or infinity", TrySetLimit),
        ConfigurationKey.Record("default_policies.operator.*",
            $"ID.vhost_pattern or ID.queue_pattern with a regular expression, ID.apply_to, ID.expires or ID.message_ttl with {Duration.Expected}, "
            + "ID.max_length, ID.max_length_bytes or ID.delivery_limit with a number from 1", TrySetPolicy),
        ConfigurationKey.Record("default_users.*",
            "NAME.vhost_pattern, NAME.configure, NAME.read or NAME.write with a regular expression, NAME.password, or NAME.tags with words and commas",
            TrySetUser, openFields: ["vhost_pattern", "configure", "read", "write", "tags"]),
    ];

    private static bool TrySetLimit(ServerSettings settings, string id, string field, string text)
    {
        var limits = settings.DefaultLimits.GetValueOrDefault(id) ?? new HareVirtualHostLimits();
        switch (field)
        {
            case "pattern" when HareBrokerOptions.IsPattern(text):
                settings.DefaultLimits[id] = limits with { Pattern = text };
                return true;
            case "max_connections" when ConfigurationKey.TryLimit(text, OptionRange.Limit, out var max):
                settings.DefaultLimits[id] = limits with { MaxConnections = max };
                return true;
            case "max_queues" when ConfigurationKey.TryLimit(text, OptionRange.Limit, out var max):
                settings.DefaultLimits[id] = limits with { MaxQueues = max };
                return true;
            default:
                return false;
        }
    }

    private static bool TrySetPolicy(ServerSettings settings, string id, string field, string text)
    {
        if (!settings.DefaultPolicies.TryGetValue(id, out var policy)) policy = new DefaultPolicySetting(id);
        var isSet = field switch
        {
            "vhost_pattern" when HareBrokerOptions.IsPattern(text) => Change(policy.Policy with { VirtualHostPattern = text }),
            "queue_pattern" when HareBrokerOptions.IsPattern(text) => Change(policy.Policy with { QueuePattern = text }),
            "apply_to" => Change(policy.Policy with { ApplyTo = text }),
            "expires" when Duration.TryParse(text, out var time) && time > 0 => policy.Set(PolicyKeys.Expires, time),
            "message_ttl" when Duration.TryParse(text, out var time) => policy.Set(PolicyKeys.MessageTtl, time),
            "max_length" when TryPositive(text, out var count) => policy.Set(PolicyKeys.MaxLength, count),
            "max_length_bytes" when ByteSize.TryParse(text, out var bytes) && bytes > 0 => policy.Set(PolicyKeys.MaxLengthBytes, bytes),
            "delivery_limit" when TryPositive(text, out var count) => policy.Set(PolicyKeys.DeliveryLimit, count),
            _ => false,
        };
        if (isSet) settings.DefaultPolicies[id] = policy;
        return isSet;

        bool Change(HareDefaultPolicy changed)
        {
            policy.Policy = changed;
            return true;
        }
    }

    private static bool TrySetUser(ServerSettings settings, string name, string field, string text)
    {
        var user = settings.DefaultUsers.GetValueOrDefault(name) ?? new HareDefaultUser(name);
        var changed = field switch
        {
            "vhost_pattern" when HareBrokerOptions.IsPattern(text) => user with { VirtualHostPattern = text },
            "configure" when HareBrokerOptions.IsPattern(text) => user with { Permissions = user.Permissions with { Configure = text } },
            "write" when HareBrokerOptions.IsPattern(text) => user with { Permissions = user.Permissions with { Write = text } },
            "read" when HareBrokerOptions.IsPattern(text) => user with { Permissions = user.Permissions with { Read = text } },
            "password" when text.Length > 0 => user with { Password = text },
            "tags" => user with { Tags = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) },
            _ => null,
        };
        if (changed is not null) settings.DefaultUsers[name] = changed;
        return changed is not null;
    }

    private static bool TryPositive(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;
}
