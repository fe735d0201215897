using System.Security.Cryptography;

namespace HareMQ.Storage;

/// <summary>
/// Batches between two uses, by the size of their buffers: what is kept in memory for a while should fill its buffer. Bounded in number and in
/// bytes; what does not fit is left to the garbage collector.
/// </summary>
internal static class RecordBatchPool
{
    /// <summary>Of each size, so that none takes the others' room.</summary>
    private const int KeptBatchesMax = 512;

    /// <summary>As <see cref="KeptBatchesMax"/>.</summary>
    private const long KeptBytesMax = 40L << 20;

    /// <summary>Ascending. 288 KiB hold what one read of a busy socket brings, 72 and 144 KiB one and two messages of 64 KiB.</summary>
    private static readonly int[] s_sizes = [4 << 10, 16 << 10, 72 << 10, 144 << 10, 288 << 10, 1 << 20];

    private static readonly Lock s_lock = new();
    private static readonly Stack<RecordBatch>[] s_kept = [.. s_sizes.Select(_ => new Stack<RecordBatch>())];
    private static int s_outstanding;

    // A random start keeps the stamps of two runs apart; see RecordBatch.Stamp for what depends on it.
    private static uint s_stamp = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));

    /// <summary>Batches that are rented and not yet released. Not zero when everything is at rest: somebody leaks.</summary>
    public static int Outstanding => Volatile.Read(ref s_outstanding);

    /// <param name="bytes">About what it is going to hold.</param>
    public static RecordBatch Take(int bytes)
    {
        Interlocked.Increment(ref s_outstanding);
        var size = SizeFor(bytes);
        if (size < s_sizes.Length)
        {
            lock (s_lock)
            {
                if (s_kept[size].TryPop(out var batch)) return batch;
            }
        }

        return new RecordBatch(size < s_sizes.Length ? s_sizes[size] : bytes);
    }

    public static void Return(RecordBatch batch)
    {
        Interlocked.Decrement(ref s_outstanding);
        var bytes = batch.BufferBytes;
        var size = SizeFor(bytes);
        // Only those of just that size, so that whoever asks for one gets no less.
        if (size == s_sizes.Length || s_sizes[size] != bytes) return;
        lock (s_lock)
        {
            var kept = s_kept[size];
            if (kept.Count < KeptBatchesMax && (kept.Count + 1L) * bytes <= KeptBytesMax) kept.Push(batch);
        }
    }

    /// <summary>How large to make a buffer that has become too small.</summary>
    public static int BufferBytesFor(int bytes, int bytesNow)
    {
        var size = SizeFor(bytes);
        if (size < s_sizes.Length) return s_sizes[size];
        return (int)Math.Max(bytes, Math.Min(2L * bytesNow, Array.MaxLength));
    }

    private static int SizeFor(int bytes)
    {
        var size = 0;
        while (size < s_sizes.Length && s_sizes[size] < bytes) size++;
        return size;
    }

    /// <summary>Never 0: a stretch of zeros in a torn block must not look stamped.</summary>
    public static uint NextStamp()
    {
        uint stamp;
        do stamp = Interlocked.Increment(ref s_stamp);
        while (stamp == 0);
        return stamp;
    }
}
