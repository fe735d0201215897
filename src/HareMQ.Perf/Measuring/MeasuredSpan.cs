namespace HareMQ.Perf;

/// <summary>
/// Now, and the part of the run that is measured. A message counts if it was due in that part, however late it arrives: what a slow
/// broker still owes at the end belongs to the figures.
/// </summary>
internal readonly struct MeasuredSpan(long now, long from, long to)
{
    public void Add(Histogram latency, long time, long count = 1)
    {
        if (time >= from && time < to) latency.Add(now - time, count);
    }
}
