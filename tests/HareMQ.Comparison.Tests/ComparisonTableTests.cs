using System.Text.Json.Nodes;
using HareMQ.Comparison.Measuring;
using HareMQ.Comparison.Reporting;
using HareMQ.Comparison.Rows;

namespace HareMQ.Comparison.Tests;

public sealed class ComparisonTableTests
{
    private static readonly LoadRow s_row = new("publish", "throughput",
        new Metric("rate", "publish_rate", Target.TimesAtLeast(8), LavinMq: "3×"),
        new Metric("p99", "latency.p99_us", Target.TimesAtMost(0.7), IsLowerBetter: true));

    [Fact]
    public void Medians_of_good_runs_are_compared_and_judged()
    {
        var lines = Render(
            Load(Sample.A, 1000, 70), Load(Sample.A, 900, 90), Load(Sample.A, 5000, 80), Load(Sample.B, 100, 100), Load(Sample.B, 1, 1, exitCode: 5));
        Assert.Equal("| publish | rate | 1,000 | 100 | 10.0 | 3× | ≥ 8× | yes | - | - | - | - | 0.25 | 0/1 |", lines[2]);
        Assert.Equal("|  | p99 | 80.0 | 100 | 0.80 (lower is better) |  | ≤ 0.7× | **no** |  |  |  |  |  |  |", lines[3]);
    }

    [Fact]
    public void Without_the_other_side_nothing_is_judged()
    {
        var lines = Render(Load(Sample.A, 1000, 70));
        Assert.StartsWith("| publish | rate | 1,000 | - | - | 3× | ≥ 8× |  |", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_of_their_own_need_no_other_side()
    {
        Assert.True(Target.AtMost(60, " MB").IsMet(60, null));
        Assert.False(Target.AtLeast(3000, "/s").IsMet(2999, 1));
        Assert.Null(Target.TimesAtLeast(2).IsMet(1, null));
        Assert.Equal("≥ 3,000/s", Target.AtLeast(3000, "/s").Text);
    }

    [Fact]
    public void Every_row_has_a_name_of_its_own()
    {
        string[] names =
        [
            .. MatrixRows.Create(3, 1000).Select(row => row.Name), .. LoadSteps.Create(3).Select(row => row.Name),
            .. MemoryRows.All.Select(row => row.Name),
        ];
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    private static Sample Load(string side, double rate, double p99, int exitCode = 0) => new(
        s_row.Name, side, 1, exitCode, 0.25,
        new JsonObject { ["publish_rate"] = rate, ["latency"] = new JsonObject { ["p99_us"] = p99 } });

    private static string[] Render(params Sample[] samples) =>
        new ComparisonTable(["HareMQ", "RabbitMQ"], new SampleSet(samples)).Render([s_row], []).Split('\n');
}
