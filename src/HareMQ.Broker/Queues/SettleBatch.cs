using System.Collections.Concurrent;

namespace HareMQ.Broker.Queues;

/// <summary>Deliveries of one queue that a channel settles the same way, collected over one socket read. Pooled.</summary>
internal sealed class SettleBatch
{
    private const int PooledMax = 256;
    private const int KeptItemsMax = 4096;
    private static readonly ConcurrentQueue<SettleBatch> s_pool = new();
    private static int s_pooledCount;

    private Delivery[] _items = new Delivery[16];

    public int Count { get; private set; }

    public Settlement Settlement { get; private set; }

    public ReadOnlySpan<Delivery> Items => _items.AsSpan(0, Count);

    public static SettleBatch Rent(Settlement settlement)
    {
        if (s_pool.TryDequeue(out var batch)) Interlocked.Decrement(ref s_pooledCount);
        else batch = new SettleBatch();
        batch.Settlement = settlement;
        return batch;
    }

    public void Add(in Delivery delivery)
    {
        if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        _items[Count++] = delivery;
    }

    public void Return()
    {
        if (_items.Length > KeptItemsMax) _items = new Delivery[16];
        else Array.Clear(_items, 0, Count);
        Count = 0;
        if (Interlocked.Increment(ref s_pooledCount) <= PooledMax) s_pool.Enqueue(this);
        else Interlocked.Decrement(ref s_pooledCount);
    }
}
