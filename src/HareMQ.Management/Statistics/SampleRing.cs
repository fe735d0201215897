namespace HareMQ.Management.Statistics;

/// <summary>The last samples of some numbers, so many at such a distance. Grows as it fills. Not thread-safe.</summary>
internal sealed class SampleRing(int width, long intervalMs, int capacity)
{
    private const int CapacityMin = 8;

    private long[] _times = [];
    private long[] _values = [];
    private int _first;

    public int Count { get; private set; }

    public long IntervalMs => intervalMs;

    public long SpanMs => intervalMs * (capacity - 1);

    public long TimeAt(int index) => _times[Slot(index)];

    public long ValueAt(int index, int column) => _values[(Slot(index) * width) + column];

    /// <summary>Takes the sample unless the last one is nearer than the ring's distance.</summary>
    public void Offer(long timeMs, ReadOnlySpan<long> values)
    {
        // Half a tick of tolerance: timers are never exact.
        if (Count > 0 && timeMs - TimeAt(Count - 1) < intervalMs - (Sampler.IntervalMs / 2)) return;
        if (Count == _times.Length && Count < capacity) Grow();
        if (Count == capacity) _first = (_first + 1) % _times.Length;
        else Count++;
        var slot = Slot(Count - 1);
        _times[slot] = timeMs;
        values.CopyTo(_values.AsSpan(slot * width, width));
    }

    private int Slot(int index) => (_first + index) % _times.Length;

    private void Grow()
    {
        // Only ever before the first turn of the ring, so the oldest sample is at the start.
        var slots = Math.Min(capacity, Math.Max(CapacityMin, _times.Length * 2));
        Array.Resize(ref _times, slots);
        Array.Resize(ref _values, slots * width);
    }
}
