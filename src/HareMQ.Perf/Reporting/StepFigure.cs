namespace HareMQ.Perf;

/// <summary>What one step of a rate plan came to.</summary>
internal readonly record struct StepFigure(double TargetRate, double PublishRate, double ConsumeRate, Histogram Latency);
