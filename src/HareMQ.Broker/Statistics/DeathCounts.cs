using HareMQ.Broker.DeadLetters;

namespace HareMQ.Broker.Statistics;

/// <summary>Why messages have left their queues without an ack. Written by one owner at a time, read by anybody.</summary>
internal sealed class DeathCounts
{
    private readonly long[] _counts = new long[2 * (1 + (int)DeathReason.DeliveryLimit)];
    private long _confirmed;

    /// <summary>Dead letters that their targets have stored, or that had none.</summary>
    public long Confirmed => Volatile.Read(ref _confirmed);

    /// <param name="reason">Why they died.</param>
    /// <param name="hasExchange">They became dead letters; false: nobody wanted them any more.</param>
    public long Of(DeathReason reason, bool hasExchange) => Volatile.Read(ref _counts[Index(reason, hasExchange)]);

    public void Count(DeathReason reason, bool hasExchange) => _counts[Index(reason, hasExchange)]++;

    public void CountConfirmed() => _confirmed++;

    public void Add(DeathCounts other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += Volatile.Read(ref other._counts[i]);
        _confirmed += other.Confirmed;
    }

    /// <summary>Takes over what is higher in the other.</summary>
    public void RaiseTo(DeathCounts other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] = Math.Max(_counts[i], other._counts[i]);
        _confirmed = Math.Max(_confirmed, other._confirmed);
    }

    private static int Index(DeathReason reason, bool hasExchange) => (2 * (int)reason) + (hasExchange ? 1 : 0);
}
