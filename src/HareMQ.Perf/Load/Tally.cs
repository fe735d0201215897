namespace HareMQ.Perf;

/// <inheritdoc cref="TallyCounters"/>
internal sealed class Tally
{
    private TallyCounters _counters;

    public long Published => Volatile.Read(ref _counters.Published);

    public long Consumed => Volatile.Read(ref _counters.Consumed);

    public void AddPublished(long count) => Volatile.Write(ref _counters.Published, _counters.Published + count);

    public void AddConsumed(long count) => Volatile.Write(ref _counters.Consumed, _counters.Consumed + count);
}
