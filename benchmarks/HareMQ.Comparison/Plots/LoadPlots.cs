using HareMQ.Comparison.Measuring;
using HareMQ.Comparison.Rows;

namespace HareMQ.Comparison.Plots;

/// <summary>Throughput and latency against the offered load.</summary>
internal sealed class LoadPlots(IReadOnlyList<string> labels, SampleSet samples)
{
    public const string ThroughputFile = "throughput-against-load.svg";
    public const string LatencyFile = "latency-against-load.svg";

    private const string XLabel = "offered load in messages/s";

    private static readonly (string Side, string Style)[] s_sides = [(Sample.A, "a"), (Sample.B, "b")];

    /// <returns>False: no load was measured.</returns>
    public bool Write(string directory, IReadOnlyList<LoadRow> steps)
    {
        var measured = steps.Where(samples.Has).ToArray();
        var rates = Lines(measured, LoadSteps.Rate, suffix: "", isDashed: false);
        if (rates.Count == 0) return false;
        Directory.CreateDirectory(directory);
        var throughput = new LogPlot("Throughput against load", XLabel, "delivered messages/s", SiUnits.Count) { HasDiagonal = true };
        File.WriteAllText(Path.Combine(directory, ThroughputFile), throughput.Render(rates));
        var latency = new LogPlot("Latency against load, end to end", XLabel, "from due to delivered", SiUnits.Time);
        PlotSeries[] latencies = [.. Lines(measured, LoadSteps.P50, " p50", isDashed: false), .. Lines(measured, LoadSteps.P99, " p99", isDashed: true)];
        File.WriteAllText(Path.Combine(directory, LatencyFile), latency.Render(latencies));
        return true;
    }

    private List<PlotSeries> Lines(IReadOnlyList<LoadRow> steps, Metric metric, string suffix, bool isDashed)
    {
        var lines = new List<PlotSeries>();
        foreach (var (label, (side, style)) in labels.Zip(s_sides))
        {
            var points = steps
                .Select(step => (X: (double)LoadSteps.Offered(step.Name)!.Value, Y: samples.Median(step, side, metric)))
                .Where(point => point.Y > 0)
                .Select(point => (point.X, point.Y!.Value))
                .ToArray();
            if (points.Length > 0) lines.Add(new PlotSeries(label + suffix, style, isDashed, points));
        }

        return lines;
    }
}
