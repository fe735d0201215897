using HareMQ.Broker.Exchanges;

namespace HareMQ.Broker.DeadLetters;

/// <summary>Dead letters must not go round for ever without anybody looking at them.</summary>
internal static class DeathCycles
{
    /// <summary>Takes out the queues where the message has died before and has since been rejected by nobody (RabbitMQ's rule).</summary>
    public static RouteTargets Break(RouteTargets targets, DeathReason reason, IReadOnlyList<Death> deaths)
    {
        if (reason == DeathReason.Rejected) return targets;
        var left = Array.FindAll(targets.Queues, target => !IsCycle(target.Name, deaths));
        return left.Length == targets.Queues.Length ? targets : new RouteTargets(left);
    }

    private static bool IsCycle(string queue, IReadOnlyList<Death> deaths)
    {
        foreach (var death in deaths)
        {
            if (death.Reason == DeathReasons.Rejected) return false;
            if (death.Queue == queue) return true;
        }

        return false;
    }
}
