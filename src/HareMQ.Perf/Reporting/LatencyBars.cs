namespace HareMQ.Perf;

/// <summary>A histogram cut at 1, 2 and 5 of every power of ten, from the first to the last part that holds anything.</summary>
internal static class LatencyBars
{
    private const long SmallestNanoseconds = 1_000;

    public static IReadOnlyList<(long From, long To, long Count)> Of(Histogram histogram)
    {
        var bars = new List<(long From, long To, long Count)>();
        long from = 0;
        foreach (var to in Boundaries())
        {
            var count = histogram.CountBetween(from == 0 ? -1 : from, to);
            if (count > 0 || bars.Count > 0) bars.Add((from, to, count));
            from = to;
            if (bars.Sum(bar => bar.Count) >= histogram.Count) break;
        }

        return bars;
    }

    private static IEnumerable<long> Boundaries()
    {
        for (var power = SmallestNanoseconds; power < long.MaxValue / 10; power *= 10)
        {
            yield return power;
            yield return 2 * power;
            yield return 5 * power;
        }

        yield return long.MaxValue;
    }
}
