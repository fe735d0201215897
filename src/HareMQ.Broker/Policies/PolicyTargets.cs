using HareMQ.Broker.Definitions;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Policies;

internal static class PolicyTargets
{
    private static readonly string[] s_names = ["all", "queues", "classic_queues", "quorum_queues", "streams", "exchanges"];

    public static string Name(this PolicyTarget target) => s_names[(int)target];

    /// <exception cref="InvalidDefinitionException">No such target.</exception>
    public static PolicyTarget Parse(string name)
    {
        var index = Array.IndexOf(s_names, name);
        if (index >= 0) return (PolicyTarget)index;
        throw new InvalidDefinitionException(
            $"apply-to '{name}' unrecognised; should be one of: "
            + "'queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges', or 'all'");
    }

    public static bool Includes(this PolicyTarget target, QueueType type) => target switch
    {
        PolicyTarget.All or PolicyTarget.Queues => true,
        PolicyTarget.ClassicQueues => type == QueueType.Classic,
        PolicyTarget.QuorumQueues => type == QueueType.Quorum,
        _ => false,
    };

    public static bool IncludesExchanges(this PolicyTarget target) => target is PolicyTarget.All or PolicyTarget.Exchanges;
}
