namespace HareMQ.Broker.Statistics;

/// <summary>
/// What an exchange has taken and given on. Written by every connection that publishes to it: once per socket read, not per message.
/// </summary>
internal sealed class ExchangeCounts : Sampled
{
    private long _publishIn;
    private long _publishOut;

    public long PublishIn => Volatile.Read(ref _publishIn);

    /// <summary>Once per queue that a message went to.</summary>
    public long PublishOut => Volatile.Read(ref _publishOut);

    public void Add(long publishIn, long publishOut)
    {
        Interlocked.Add(ref _publishIn, publishIn);
        if (publishOut != 0) Interlocked.Add(ref _publishOut, publishOut);
    }
}
