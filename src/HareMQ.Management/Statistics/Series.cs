namespace HareMQ.Management.Statistics;

/// <summary>The past of one thing: its last two samples, which give rates, and rings of older ones when there is memory for them.</summary>
/// <param name="width">How many numbers.</param>
/// <param name="tiers">The rings.</param>
internal sealed class Series(int width, IReadOnlyList<RetentionTier> tiers)
{
    private readonly long[] _last = new long[width];
    private readonly long[] _before = new long[width];
    private long _lastAtMs;
    private long _beforeAtMs;
    private SampleRing[]? _rings;

    public long ChangedAtMs { get; private set; }

    public bool HasHistory => _rings is not null;

    /// <summary>Counters that were all zero until now: what they show has happened since the last look.</summary>
    public void StartAtZero(long timeMs) => _lastAtMs = timeMs;

    public void Add(long timeMs, ReadOnlySpan<long> values, bool changed, bool mayKeepHistory)
    {
        _last.CopyTo(_before, 0);
        // Before the first sample nothing is known, which makes no rate.
        if (_lastAtMs == 0) values.CopyTo(_before);
        _beforeAtMs = _lastAtMs == 0 ? timeMs : _lastAtMs;
        values.CopyTo(_last);
        _lastAtMs = timeMs;
        if (changed) ChangedAtMs = timeMs;
        if (_rings is null && mayKeepHistory)
            _rings = [.. tiers.Select(tier => new SampleRing(width, tier.IntervalMs, tier.Samples))];
        foreach (var ring in _rings ?? []) ring.Offer(timeMs, values);
    }

    /// <summary>Change per second between the last two samples; lengths may shrink.</summary>
    public double Rate(int column)
    {
        var elapsedMs = _lastAtMs - _beforeAtMs;
        return elapsedMs <= 0 ? 0 : Math.Round((_last[column] - _before[column]) * 1000.0 / elapsedMs, 3);
    }

    /// <summary>The finest ring that reaches back so far.</summary>
    public SampleRing? RingFor(long ageMs)
    {
        if (_rings is null) return null;
        foreach (var ring in _rings)
            if (ring.SpanMs >= ageMs) return ring;
        return _rings[^1];
    }
}
