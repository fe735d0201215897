namespace HareMQ.Perf;

/// <summary>A latency, all of it.</summary>
internal readonly record struct LatencyFigure(string Name, Histogram Histogram);
