namespace HareMQ.Perf;

/// <summary>What broker and load generator used between two moments.</summary>
internal sealed class UsageSpan(int? brokerPid)
{
    private readonly ProcessUsage _self = ProcessUsage.OfSelf();
    private readonly ProcessUsage? _broker = ProcessUsage.Of(brokerPid);
    private ProcessUsage _selfEnd;
    private ProcessUsage? _brokerEnd;

    public void End()
    {
        _selfEnd = ProcessUsage.OfSelf();
        _brokerEnd = ProcessUsage.Of(brokerPid);
    }

    /// <param name="report">Gets the figures.</param>
    /// <param name="messages">What the broker did meanwhile; 0 leaves out what it used for each.</param>
    public void AddTo(Report report, double messages)
    {
        report.Add("client_cpu_s", (_selfEnd.Cpu - _self.Cpu).TotalSeconds);
        if (_broker is not { } before || _brokerEnd is not { } after) return;
        var cpu = (after.Cpu - before.Cpu).TotalSeconds;
        report.Add("broker_cpu_s", cpu);
        if (messages > 0) report.Add("broker_cpu_s_per_million", cpu / messages * 1e6);
        report.Add("broker_memory_mb", after.MemoryBytes / 1e6);
    }

    /// <summary>How much larger the broker has become; null if it was not named.</summary>
    public long? BrokerGrowthBytes => _brokerEnd?.MemoryBytes - _broker?.MemoryBytes;
}
