namespace HareMQ.Perf;

/// <summary>The report as people read it.</summary>
internal static class TextReport
{
    private const int BarWidth = 40;

    public static void Write(Report report, TextWriter output)
    {
        output.WriteLine($"{report.Scenario}: {report.Setting}");
        var width = report.Figures.Select(figure => figure.Name.Length).DefaultIfEmpty().Max();
        foreach (var figure in report.Figures)
            output.WriteLine($"  {figure.Name.Replace('_', ' ').PadRight(width)}  {Units.Value(figure.Value),15}");
        foreach (var step in report.Steps) output.WriteLine($"  {Describe(step)}");
        foreach (var latency in report.Latencies) Write(latency, output);
        foreach (var check in report.Checks) output.WriteLine($"  {Describe(check)}");
        foreach (var note in report.Notes) output.WriteLine($"  note: {note}");
        output.WriteLine(report.IsReconciled ? "  counts reconcile" : "  COUNTS DO NOT RECONCILE");
    }

    private static string Describe(Check check)
    {
        var sides = check.Name.Split(" = ");
        return check.Holds
            ? $"ok      {check.Name}: {Units.Count(check.Actual)}"
            : $"FAILED  {sides[0]} {Units.Count(check.Actual)}, but {sides[^1]} {Units.Count(check.Expected)}";
    }

    private static string Describe(StepFigure step) =>
        $"step {Units.Count(step.TargetRate)}/s: published {Units.Count(step.PublishRate)}/s, consumed {Units.Count(step.ConsumeRate)}/s"
        + (step.Latency.Count > 0 ? $", latency {Summary(step.Latency)}" : "");

    private static string Summary(Histogram histogram) =>
        string.Join("  ", Percentiles.All.Take(3).Select(each => $"{each.Text} {Units.Time(histogram.Percentile(each.Percent))}"))
        + $"  max {Units.Time(histogram.Max)}";

    private static void Write(LatencyFigure latency, TextWriter output)
    {
        var histogram = latency.Histogram;
        output.WriteLine($"  {latency.Name.Replace('_', ' ')} of {Units.Count(histogram.Count)}");
        foreach (var (text, _, percent) in Percentiles.All)
            output.WriteLine($"    {text,-7} {Units.Time(histogram.Percentile(percent)),10}");
        output.WriteLine($"    max     {Units.Time(histogram.Max),10}");
        foreach (var (from, to, count) in LatencyBars.Of(histogram))
        {
            var share = (double)count / histogram.Count;
            var bar = new string('#', (int)Math.Ceiling(share * BarWidth));
            output.WriteLine($"    {Units.Time(from),8} - {Units.Time(to),-8} {share,7:0.00%} {bar}".TrimEnd());
        }
    }
}
