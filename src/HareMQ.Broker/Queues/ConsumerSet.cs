namespace HareMQ.Broker.Queues;

/// <summary>The consumers of one queue: highest priority first, round-robin among equals. Owned by the queue's turns.</summary>
/// <param name="singleActive">Only the one that has been there longest is served, whatever the priorities; the others wait.</param>
internal sealed class ConsumerSet(bool singleActive = false)
{
    // With a single active consumer: in the order they came.
    private readonly List<Consumer> _byPriority = [];
    private int _manualAckCount;

    /// <summary>Index after the consumer served last: where the round goes on.</summary>
    private int _next;

    public int Count => _byPriority.Count;

    public bool AllAutoAck => _manualAckCount == 0;

    public bool HasExclusive => _byPriority is [{ Exclusive: true }];

    /// <summary>The one that is served; null while there is none, or when all are.</summary>
    public Consumer? SingleActive => singleActive && _byPriority.Count > 0 ? _byPriority[0] : null;

    /// <summary>As <see cref="SingleActive"/>, or the exclusive one.</summary>
    public Consumer? Sole => HasExclusive ? _byPriority[0] : SingleActive;

    public IReadOnlyList<Consumer> All => _byPriority;

    public void Add(Consumer consumer)
    {
        var index = singleActive ? -1 : _byPriority.FindIndex(other => other.Priority < consumer.Priority);
        if (index < 0) index = _byPriority.Count;
        _byPriority.Insert(index, consumer);
        if (index < _next) _next++;
        if (!consumer.AutoAck) _manualAckCount++;
        consumer.Attached = true;
    }

    public bool Remove(Consumer consumer)
    {
        var index = _byPriority.IndexOf(consumer);
        if (index < 0) return false;
        _byPriority.RemoveAt(index);
        if (index < _next) _next--;
        if (!consumer.AutoAck) _manualAckCount--;
        consumer.Attached = false;
        return true;
    }

    /// <summary>The consumer that gets the next message, with its shared credit already taken; null when nobody can take one.</summary>
    public Consumer? TakeNext(out bool holdsSharedCredit)
    {
        if (singleActive) return TakeActive(out holdsSharedCredit);
        var all = _byPriority;
        var start = 0;
        while (start < all.Count)
        {
            var end = EndOfPriority(start);
            var size = end - start;
            var first = _next > start && _next < end ? _next - start : 0;
            for (var i = 0; i < size; i++)
            {
                var index = first + i;
                if (index >= size) index -= size;
                index += start;
                var consumer = all[index];
                if (!consumer.HasOwnCredit || !consumer.TryTakeSharedCredit(out holdsSharedCredit)) continue;
                _next = index + 1;
                return consumer;
            }

            start = end;
        }

        holdsSharedCredit = false;
        return null;
    }

    private Consumer? TakeActive(out bool holdsSharedCredit)
    {
        holdsSharedCredit = false;
        return SingleActive is { HasOwnCredit: true } active && active.TryTakeSharedCredit(out holdsSharedCredit) ? active : null;
    }

    private int EndOfPriority(int start)
    {
        var priority = _byPriority[start].Priority;
        // Almost always all consumers have one priority: look at the last one first.
        if (_byPriority[^1].Priority == priority) return _byPriority.Count;
        var end = start + 1;
        while (_byPriority[end].Priority == priority) end++;
        return end;
    }
}
