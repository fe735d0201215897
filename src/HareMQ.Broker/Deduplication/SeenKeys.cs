namespace HareMQ.Broker.Deduplication;

/// <summary>Keys that were seen, each for its time, bounded in number: the oldest gives way. Not thread-safe.</summary>
internal sealed class SeenKeys(int countMax)
{
    // With each key when it expires, and the number under which it stands in the order of arrival.
    private readonly Dictionary<UInt128, (long ExpiresAtMs, ulong Number)> _keys = [];
    private readonly Queue<(UInt128 Key, ulong Number)> _order = new();
    private ulong _lastNumber;

    /// <summary>Those that have expired and were not asked for since included.</summary>
    public int Count => _keys.Count;

    public bool Contains(UInt128 key, long nowMs) => _keys.TryGetValue(key, out var entry) && entry.ExpiresAtMs > nowMs;

    /// <summary>Remembers the key from now on, anew if it was there already.</summary>
    public void Add(UInt128 key, long expiresAtMs)
    {
        _keys[key] = (expiresAtMs, ++_lastNumber);
        _order.Enqueue((key, _lastNumber));
        while (_keys.Count > countMax) RemoveOldest();
        // What was forgotten leaves its place in the order behind.
        if (_order.Count > (2 * _keys.Count) + 64) DropForgotten();
    }

    public void Remove(UInt128 key) => _keys.Remove(key);

    public void Clear()
    {
        _keys.Clear();
        _order.Clear();
    }

    private void RemoveOldest()
    {
        while (_order.TryDequeue(out var oldest))
        {
            if (!_keys.TryGetValue(oldest.Key, out var entry) || entry.Number != oldest.Number) continue;
            _keys.Remove(oldest.Key);
            return;
        }
    }

    private void DropForgotten()
    {
        for (var left = _order.Count; left > 0; left--)
        {
            var item = _order.Dequeue();
            if (_keys.TryGetValue(item.Key, out var entry) && entry.Number == item.Number) _order.Enqueue(item);
        }
    }
}
