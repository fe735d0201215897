namespace HareMQ.Perf;

/// <summary>A rate held for a time.</summary>
/// <param name="PerSecond">Messages per second of all publishers together; 0 is a pause.</param>
/// <param name="Duration">Null: its share of the run's duration.</param>
internal readonly record struct RateStep(double PerSecond, TimeSpan? Duration);
