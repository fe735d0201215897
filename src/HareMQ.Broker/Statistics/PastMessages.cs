namespace HareMQ.Broker.Statistics;

/// <summary>
/// What channels that are gone, and clients without channels, have done in a virtual host. Any thread; touched when a channel ends.
/// </summary>
/// <param name="all">Where it is added as well: what the whole broker has seen, virtual hosts that are gone included.</param>
internal sealed class PastMessages(PastMessages? all = null)
{
    private readonly Lock _adding = new();
    private readonly MessageCounts _counts = new();

    public void Add(MessageCounts counts)
    {
        lock (_adding) _counts.Add(counts);
        all?.Add(counts);
    }

    public void AddTo(MessageCounts sum)
    {
        lock (_adding) sum.Add(_counts);
    }
}
