using System.Buffers;

namespace HareMQ.Storage;

/// <summary>Read-ahead and scratch buffers of one store. Any thread.</summary>
internal sealed class BufferPool
{
    private const int PooledBytesMax = 1 << 20;

    // Past this, logs read in small pieces and keep no buffer between turns, so ten thousand draining queues stay cheap.
    private const long PlentyBytes = 64L << 20;

    private long _rentedBytes;

    public bool IsTight => Volatile.Read(ref _rentedBytes) > PlentyBytes;

    /// <summary>Bytes that are out at the moment. Not zero when everything is at rest: somebody leaks.</summary>
    public long RentedBytes => Volatile.Read(ref _rentedBytes);

    public byte[] Rent(int bytesMin)
    {
        var buffer = bytesMin <= PooledBytesMax ? ArrayPool<byte>.Shared.Rent(bytesMin) : GC.AllocateUninitializedArray<byte>(bytesMin);
        Interlocked.Add(ref _rentedBytes, buffer.Length);
        return buffer;
    }

    /// <summary>A buffer that may be kept by others than the log that rents it.</summary>
    public RecordBatch RentLarge(int bytesMin)
    {
        var batch = RecordBatch.ForReading(bytesMin);
        Interlocked.Add(ref _rentedBytes, batch.BufferBytes);
        return batch;
    }

    public void Return(RecordBatch large)
    {
        Interlocked.Add(ref _rentedBytes, -large.BufferBytes);
        large.Release();
    }

    public void Return(byte[] buffer)
    {
        Interlocked.Add(ref _rentedBytes, -buffer.Length);
        if (buffer.Length <= PooledBytesMax) ArrayPool<byte>.Shared.Return(buffer);
    }
}
