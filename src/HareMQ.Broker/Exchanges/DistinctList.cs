namespace HareMQ.Broker.Exchanges;

/// <summary>A list that refuses what it holds already (by reference). Made to be filled and cleared for every message.</summary>
internal sealed class DistinctList<T>
    where T : class
{
    // Up to here, looking at each item beats hashing.
    private const int ScannedMax = 16;

    // A route to more is rare: better to allocate again than to hold on to the memory, on every thread.
    private const int KeptMax = 4096;

    private T[] _items = new T[ScannedMax];
    private HashSet<T>? _known;

    public int Count { get; private set; }

    public T this[int index] => _items[index];

    public ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public bool Add(T item)
    {
        if (Contains(item)) return false;
        if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        _items[Count++] = item;
        if (Count > ScannedMax) Remember(item);
        return true;
    }

    public void Clear()
    {
        if (Count > ScannedMax) _known!.Clear();
        if (Count > KeptMax)
        {
            _items = new T[ScannedMax];
            _known = null;
        }
        else
        {
            Array.Clear(_items, 0, Count);
        }
        Count = 0;
    }

    private bool Contains(T item)
    {
        if (Count > ScannedMax) return _known!.Contains(item);
        foreach (var other in Items)
        {
            if (ReferenceEquals(other, item)) return true;
        }
        return false;
    }

    private void Remember(T item)
    {
        _known ??= new HashSet<T>(ReferenceEqualityComparer.Instance);
        if (_known.Count > 0)
        {
            _known.Add(item);
            return;
        }
        foreach (var each in Items) _known.Add(each);
    }
}
