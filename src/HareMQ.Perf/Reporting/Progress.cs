namespace HareMQ.Perf;

/// <summary>One line a second about a run that is under way.</summary>
/// <param name="output">Null: silence.</param>
internal sealed class Progress(TextWriter? output)
{
    private const long IntervalNanoseconds = Clock.NanosecondsPerSecond;

    private readonly long _startedAt = Clock.Now;
    private long _reportedAt = Clock.Now;
    private long _published;
    private long _settled;
    private long _consumed;

    /// <summary>Called often; says something when a second has passed.</summary>
    public void Tick(LoadSession session)
    {
        if (output is null) return;
        var now = Clock.Now;
        if (now - _reportedAt < IntervalNanoseconds) return;
        var seconds = Clock.Seconds(now - _reportedAt);
        _reportedAt = now;
        var line = $"{Clock.Seconds(now - _startedAt),6:0.0} s";
        if (session.Publishers.Count > 0) line += $"  published {Rate(session.Published, ref _published, seconds),11}/s";
        if (session.Settled > 0) line += $"  confirmed {Rate(session.Settled, ref _settled, seconds),11}/s";
        if (session.Consumers.Count > 0) line += $"  consumed {Rate(session.Consumed, ref _consumed, seconds),11}/s";
        output.WriteLine(line + Latency(session));
    }

    public void Say(string what) => output?.WriteLine(what);

    private static string Rate(long count, ref long before, double seconds)
    {
        var rate = (count - before) / seconds;
        before = count;
        return Units.Count(rate);
    }

    private static string Latency(LoadSession session)
    {
        var histogram = session.Latency;
        var name = "latency";
        if (histogram.Count == 0)
        {
            histogram = session.ConfirmLatency;
            name = "confirms";
        }

        if (histogram.Count == 0) return "";
        var values = Percentiles.All.Take(4).Select(each => $"{each.Text} {Units.Time(histogram.Percentile(each.Percent))}");
        return $"  {name} so far: {string.Join("  ", values)}";
    }
}
