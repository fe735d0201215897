namespace HareMQ.Management.Statistics;

/// <summary>For how long samples are kept, and how far apart they are. The shortest period comes first; there is one at least.</summary>
/// <param name="Global">Of what there are few of: the broker and virtual hosts.</param>
/// <param name="Basic">Of everything else.</param>
internal sealed record Retention(IReadOnlyList<RetentionTier> Global, IReadOnlyList<RetentionTier> Basic)
{
    /// <summary>How far back anything reaches.</summary>
    public long LongestMs => Math.Max(Global[^1].PeriodMs, Basic[^1].PeriodMs);
}

/// <summary>One ring of samples.</summary>
internal readonly record struct RetentionTier(long PeriodMs, long IntervalMs)
{
    /// <summary>With one at both ends of the period.</summary>
    public int Samples => (int)(PeriodMs / IntervalMs) + 1;
}
