using System.Text.RegularExpressions;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Queues;

namespace HareMQ.Hosting;

// What virtual hosts begin with.
public sealed partial class HareBroker
{
    internal static string NameOf(HareQueueType type) =>
        type == HareQueueType.Quorum ? QueueSettingsReader.Quorum : QueueSettingsReader.Classic;

    private static DefaultLimits ToDefaultLimits(HareVirtualHostLimits limits) => new(
        new Regex(limits.Pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)),
        new VirtualHostLimits(limits.MaxConnections, limits.MaxQueues));
}
