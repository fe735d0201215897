using System.Text.Json.Nodes;

namespace HareMQ.Comparison.Measuring;

/// <summary>What hareperf came back with.</summary>
internal sealed record PerfResult(int ExitCode, JsonObject Report, string Error)
{
    /// <summary>Cores that neither the broker nor the load generator used.</summary>
    public double Noise { get; init; }

    public bool IsGood => ExitCode == (int)Perf.ExitCode.Success;

    /// <param name="path">Names with dots between them.</param>
    public double Number(string path) =>
        JsonNumbers.Find(Report, path) ?? throw new ComparisonException($"hareperf's report has no {path}");

    public PerfResult OrThrow(string scenario) =>
        IsGood ? this : throw new ComparisonException($"hareperf {scenario}: exit code {ExitCode}: {Error}");
}
