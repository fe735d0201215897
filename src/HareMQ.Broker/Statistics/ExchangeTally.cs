namespace HareMQ.Broker.Statistics;

/// <summary>
/// Gathers what one connection publishes to one exchange in a row, so that shared counters are touched once per read. Not thread-safe.
/// </summary>
internal struct ExchangeTally
{
    private ExchangeCounts? _counts;
    private long _in;
    private long _out;

    public void Count(ExchangeCounts counts, int queues)
    {
        if (!ReferenceEquals(counts, _counts))
        {
            Flush();
            _counts = counts;
        }

        _in++;
        _out += queues;
    }

    public void Flush()
    {
        if (_in == 0) return;
        _counts!.Add(_in, _out);
        _in = 0;
        _out = 0;
    }
}
