using System.Security.Cryptography;

namespace HareMQ.Storage;

/// <summary>Batches between two uses. Bounded in number and in bytes; what does not fit is left to the garbage collector.</summary>
internal static class RecordBatchPool
{
    public const int KeptBufferBytesMax = 1 << 20;
    private const int KeptBatchesMax = 256;
    private const long KeptBytesMax = 32L << 20;

    private static readonly Lock s_lock = new();
    private static readonly Stack<RecordBatch> s_kept = new();
    private static long s_keptBytes;
    private static int s_outstanding;

    // A random start keeps the stamps of two runs apart; see RecordBatch.Stamp for what depends on it.
    private static uint s_stamp = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));

    /// <summary>Batches that are rented and not yet released. Not zero when everything is at rest: somebody leaks.</summary>
    public static int Outstanding => Volatile.Read(ref s_outstanding);

    public static RecordBatch Take()
    {
        Interlocked.Increment(ref s_outstanding);
        lock (s_lock)
        {
            if (s_kept.TryPop(out var batch))
            {
                s_keptBytes -= batch.BufferBytes;
                return batch;
            }
        }
        return new RecordBatch();
    }

    public static void Return(RecordBatch batch)
    {
        Interlocked.Decrement(ref s_outstanding);
        lock (s_lock)
        {
            if (s_kept.Count >= KeptBatchesMax || s_keptBytes + batch.BufferBytes > KeptBytesMax) return;
            s_keptBytes += batch.BufferBytes;
            s_kept.Push(batch);
        }
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
