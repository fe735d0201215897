namespace HareMQ.Broker.Exchanges;

/// <summary>Knows its place in the one bag that holds it.</summary>
internal abstract class BagItem
{
    internal int Slot { get; set; } = -1;
}

/// <summary>
/// An unordered collection with one writer at a time and any number of readers without a lock; adding and removing cost O(1).
/// </summary>
/// <remarks>
/// Slots are filled once and emptied at most once, never filled again: so a reader that is under way meets every item that stays. A fanout
/// with 50,000 bindings would be quadratic to build if each change copied the array.
/// </remarks>
internal sealed class Bag<T>
    where T : BagItem
{
    private T?[] _items = new T?[1];
    private int _usedSlots;

    public int Count { get; private set; }

    /// <summary>The items, with gaps.</summary>
    public ReadOnlySpan<T?> Items => Volatile.Read(ref _items);

    public void Add(T item)
    {
        if (_usedSlots == _items.Length) Rebuild(Count * 2);
        item.Slot = _usedSlots;
        Volatile.Write(ref _items[_usedSlots++], item);
        Count++;
    }

    public void Remove(T item)
    {
        Volatile.Write(ref _items[item.Slot], null);
        item.Slot = -1;
        Count--;
        if (Count * 4 < _items.Length) Rebuild(Count * 2);
    }

    private void Rebuild(int capacity)
    {
        var items = new T?[Math.Max(capacity, 1)];
        var used = 0;
        foreach (var item in _items)
        {
            if (item is null) continue;
            item.Slot = used;
            items[used++] = item;
        }
        _usedSlots = used;
        Volatile.Write(ref _items, items);
    }
}
