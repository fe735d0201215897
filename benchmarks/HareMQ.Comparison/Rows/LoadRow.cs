namespace HareMQ.Comparison.Rows;

/// <summary>A run of hareperf against a broker that stays for the next row.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Scenario">Its arguments.</param>
/// <param name="Metrics">What is taken from its report.</param>
internal sealed record LoadRow(string Name, string Scenario, params IReadOnlyList<Metric> Metrics) : Row(Name, Metrics)
{
    // Before the figures of the half that counts, in scenarios of two halves.
    private string Half => Scenario.StartsWith("backlog", StringComparison.Ordinal) ? "drain_" : "";

    public string CpuPath => Half + "broker_cpu_s_per_million";

    public string MemoryPath => Half + "broker_memory_mb";
}
