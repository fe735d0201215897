namespace HareMQ.Perf;

/// <summary>The percentiles that every latency is reported with.</summary>
internal static class Percentiles
{
    public static readonly IReadOnlyList<(string Text, string JsonName, double Percent)> All =
    [
        ("p50", "p50", 50), ("p90", "p90", 90), ("p99", "p99", 99), ("p99.9", "p999", 99.9), ("p99.99", "p9999", 99.99),
    ];
}
