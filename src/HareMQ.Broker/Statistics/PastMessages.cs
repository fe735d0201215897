namespace HareMQ.Broker.Statistics;

/// <summary>
/// What channels that are gone, and clients without channels, have done in a virtual host. Any thread; touched when a channel ends.
/// </summary>
internal sealed class PastMessages
{
    private readonly Lock _adding = new();
    private readonly MessageCounts _counts = new();

    public void Add(MessageCounts counts)
    {
        lock (_adding) _counts.Add(counts);
    }

    public void AddTo(MessageCounts sum)
    {
        lock (_adding) sum.Add(_counts);
    }
}
