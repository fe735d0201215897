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
}
