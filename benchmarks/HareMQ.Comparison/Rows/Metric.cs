namespace HareMQ.Comparison.Rows;

/// <summary>One figure of a row.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Path">Where it is in the report, names with dots between them.</param>
/// <param name="Target">What must be reached; null: it is only shown.</param>
/// <param name="IsLowerBetter">Of latencies and memory.</param>
/// <param name="LavinMq">What LavinMQ 2.9 reached, in the target's unit; null: not measured.</param>
internal sealed record Metric(string Name, string Path, Target? Target = null, bool IsLowerBetter = false, string? LavinMq = null);
