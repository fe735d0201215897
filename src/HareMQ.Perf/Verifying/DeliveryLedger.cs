namespace HareMQ.Perf;

/// <summary>What consumers of a verified run were given. For one thread.</summary>
internal sealed class DeliveryLedger : IDeliveryLedger
{
    /// <summary>Beyond it an id is not one of ours, and would only cost memory.</summary>
    public const long SequenceMax = 1L << 34;

    private const int PublisherMax = 1 << 15;

    private readonly Dictionary<int, SequenceSet> _seen = [];
    private readonly Dictionary<int, long> _highest = [];

    public long Distinct { get; private set; }

    /// <summary>Given again although the redelivered flag did not say so.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Given again with the flag: allowed, and not counted as an error.</summary>
    public long Redelivered { get; private set; }

    /// <summary>For the first time, but behind a later one of the same publisher.</summary>
    public long Reordered { get; private set; }

    public long Corrupt { get; private set; }

    /// <summary>Messages of somebody else.</summary>
    public long Foreign { get; private set; }

    public void Delivered(MessageStamp stamp, bool redelivered, bool isIntact)
    {
        var (publisher, sequence) = (stamp.Publisher, stamp.Sequence);
        if (publisher is < 1 or > PublisherMax || sequence is < 1 or > SequenceMax)
        {
            Foreign++;
            return;
        }

        if (!isIntact) Corrupt++;
        if (!SeenBy(publisher).Add(sequence))
        {
            if (redelivered) Redelivered++;
            else Duplicates++;
            return;
        }

        Distinct++;
        var highest = _highest.GetValueOrDefault(publisher);
        if (sequence < highest) Reordered++;
        else _highest[publisher] = sequence;
    }

    /// <summary>How many of the confirmed ones never came.</summary>
    public long CountLost(IReadOnlyDictionary<int, SequenceSet> confirmed) =>
        confirmed.Sum(publisher => publisher.Value.CountWithout(SeenBy(publisher.Key)));

    private SequenceSet SeenBy(int publisher)
    {
        if (!_seen.TryGetValue(publisher, out var seen)) _seen[publisher] = seen = new SequenceSet();
        return seen;
    }
}
