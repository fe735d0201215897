using System.Globalization;
using System.Text.Json.Nodes;
using HareMQ.Comparison.Measuring;

namespace HareMQ.Comparison.Rows;

/// <summary>One load at rising rates, for the plots. Each rate is a run of its own, so that none inherits the backlog of the one before.</summary>
internal static class LoadSteps
{
    private const string NamePrefix = "load-";

    private static readonly int[] s_rates =
        [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000];

    public static readonly Metric Rate = new("rate", "consume_rate");
    public static readonly Metric P50 = new("e2e_p50_us", "latency.p50_us", IsLowerBetter: true);
    public static readonly Metric P99 = new("e2e_p99_us", "latency.p99_us", IsLowerBetter: true);

    // Less than this of what was offered: the broker is past its limit, and higher rates would show the same.
    private const double Sustained = 0.8;

    public const string Description = "1 KB transient messages, one publisher, one consumer that acknowledges every 10";

    public static IReadOnlyList<LoadRow> Create(double seconds) =>
    [
        .. s_rates.Select(rate => new LoadRow(
            string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{rate}"),
            string.Create(CultureInfo.InvariantCulture, $"throughput --rate {rate} --duration {seconds}s --ack-every 10 --inflight 0"),
            Rate, P50, P99)),
    ];

    /// <summary>The rate that a row offers; null if it is none of these.</summary>
    public static int? Offered(string row) =>
        row.StartsWith(NamePrefix, StringComparison.Ordinal) ? int.Parse(row.AsSpan(NamePrefix.Length), CultureInfo.InvariantCulture) : null;

    public static bool IsSustained(int offered, JsonObject report) => JsonNumbers.Find(report, Rate.Path) >= offered * Sustained;
}
