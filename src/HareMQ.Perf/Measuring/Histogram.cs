using System.Numerics;

namespace HareMQ.Perf;

/// <summary>
/// Counts of nanoseconds in buckets whose width grows with the value: at most 1/128 of it, so every percentile is known to 0.8 %.
/// </summary>
/// <remarks>
/// One thread writes; others may copy at any time and see a state of about now. Below 128 ns the buckets are exact. A bucket's index is
/// the value's exponent followed by the 7 bits behind its leading one.
/// </remarks>
internal sealed class Histogram
{
    private const int PrecisionBits = 7;
    private const int SubBuckets = 1 << PrecisionBits;

    // Up to 2^63 - 1 ns.
    private const int BucketCount = (64 - PrecisionBits) << PrecisionBits;

    private readonly long[] _counts = new long[BucketCount];
    private long _max;

    public long Count { get; private set; }

    /// <summary>Exactly the largest value, or that of its bucket's end in a <see cref="Since"/>.</summary>
    public long Max => _max;

    public void Add(long nanoseconds, long count = 1)
    {
        if (nanoseconds < 0) nanoseconds = 0;
        if (nanoseconds > _max) _max = nanoseconds;
        _counts[Index(nanoseconds)] += count;
        Count += count;
    }

    public void Add(Histogram other)
    {
        for (var i = 0; i < BucketCount; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        _max = Math.Max(_max, other._max);
    }

    /// <summary>What has been added since <paramref name="earlier"/>, a copy of this one.</summary>
    public Histogram Since(Histogram earlier)
    {
        var difference = new Histogram();
        var highest = -1;
        for (var i = 0; i < BucketCount; i++)
        {
            var count = _counts[i] - earlier._counts[i];
            if (count <= 0) continue;
            difference._counts[i] = count;
            difference.Count += count;
            highest = i;
        }

        if (highest >= 0) difference._max = Math.Min(_max, LargestOf(highest));
        return difference;
    }

    /// <summary>
    /// The smallest value that at least so many percent are not larger than (nearest rank), rounded up to its bucket's end but never
    /// above <see cref="Max"/>. 0 if nothing was added.
    /// </summary>
    public long Percentile(double percent)
    {
        if (Count == 0) return 0;
        var rank = Math.Clamp((long)Math.Ceiling(percent / 100 * Count), 1, Count);
        long seen = 0;
        for (var i = 0; i < BucketCount; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return Math.Min(LargestOf(i), _max);
        }

        return _max;
    }

    /// <summary>How many values are above <paramref name="from"/> and not above <paramref name="to"/>, to the width of a bucket.</summary>
    public long CountBetween(long from, long to)
    {
        long count = 0;
        for (var i = from < 0 ? 0 : Index(from) + 1; i <= Index(to); i++) count += _counts[i];
        return count;
    }

    private static int Index(long value)
    {
        if (value < SubBuckets) return (int)value;
        var exponent = BitOperations.Log2((ulong)value);
        return ((exponent - PrecisionBits + 1) << PrecisionBits) + (int)((value >> (exponent - PrecisionBits)) & (SubBuckets - 1));
    }

    private static long LargestOf(int index)
    {
        if (index < SubBuckets) return index;
        var shift = (index >> PrecisionBits) - 1;
        var smallest = (long)(SubBuckets | (index & (SubBuckets - 1))) << shift;
        return smallest + (1L << shift) - 1;
    }
}
