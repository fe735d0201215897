using System.Text;
using HareMQ.Comparison.Measuring;
using HareMQ.Comparison.Rows;

namespace HareMQ.Comparison.Reporting;

/// <summary>The comparison as markdown.</summary>
internal sealed class ComparisonTable(IReadOnlyList<string> labels, SampleSet samples)
{
    private string A => labels[0];

    private string B => labels.Count > 1 ? labels[1] : "B";

    public string Render(IReadOnlyList<LoadRow> loads, IReadOnlyList<FreshRow> fresh)
    {
        var text = new StringBuilder();
        var measuredLoads = loads.Where(samples.Has).ToArray();
        if (measuredLoads.Length > 0)
        {
            Line(text, "row", "metric", A, B, "A/B", "LavinMQ", "goal", "met", "cpu s/M A", "cpu s/M B", "RSS MB A", "RSS MB B", "noise", "fails");
            Line(text, "---", "---", "--:", "--:", "--:", "--:", "--:", "---", "--:", "--:", "--:", "--:", "--:", "--:");
            foreach (var row in measuredLoads) Rows(text, row, [.. Usage(row)]);
        }

        var measuredFresh = fresh.Where(samples.Has).ToArray();
        if (measuredFresh.Length > 0)
        {
            if (text.Length > 0) text.Append('\n');
            Line(text, "memory and start", "metric", A, B, "A/B", "LavinMQ", "goal", "met", "fails");
            Line(text, "---", "---", "--:", "--:", "--:", "--:", "--:", "---", "--:");
            foreach (var row in measuredFresh) Rows(text, row, Fails(row));
        }

        return text.ToString();
    }

    private void Rows(StringBuilder text, Row row, params IReadOnlyList<string> usage)
    {
        var isFirst = true;
        foreach (var metric in row.Metrics)
        {
            var (a, b) = (samples.Median(row, Sample.A, metric), samples.Median(row, Sample.B, metric));
            string[] figures =
            [
                isFirst ? row.Name : "", metric.Name, Numbers.Short(a), Numbers.Short(b), Ratio(a, b, metric),
                metric.LavinMq ?? "", metric.Target?.Text ?? "", Verdict(metric.Target, a, b),
            ];
            Line(text, [.. figures, .. isFirst ? usage : usage.Select(_ => "")]);
            isFirst = false;
        }
    }

    private IEnumerable<string> Usage(LoadRow row)
    {
        foreach (var path in new[] { row.CpuPath, row.MemoryPath })
        {
            yield return Numbers.Short(samples.Median(row, Sample.A, path));
            yield return Numbers.Short(samples.Median(row, Sample.B, path));
        }

        yield return Numbers.Short(samples.WorstNoise(row));
        yield return Fails(row);
    }

    private string Fails(Row row) => $"{samples.Fails(row, Sample.A)}/{samples.Fails(row, Sample.B)}";

    private static string Verdict(Target? target, double? a, double? b) => target?.IsMet(a, b) switch
    {
        true => "yes",
        false => "**no**",
        null => "",
    };

    private static string Ratio(double? a, double? b, Metric metric)
    {
        // Growth can be nothing, or less.
        if (a is not { } ours || b is not { } other || other <= 0) return Numbers.None;
        return Numbers.Short(ours / other) + (metric.IsLowerBetter ? " (lower is better)" : "");
    }

    private static void Line(StringBuilder text, params IReadOnlyList<string> cells)
    {
        text.Append('|');
        foreach (var cell in cells) text.Append(cell.StartsWith("--", StringComparison.Ordinal) ? cell : $" {cell} ").Append('|');
        text.Append('\n');
    }
}
