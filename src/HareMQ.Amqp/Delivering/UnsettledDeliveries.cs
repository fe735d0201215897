using HareMQ.Broker.Queues;

namespace HareMQ.Amqp.Delivering;

/// <summary>
/// The deliveries of a channel that wait for their ack, by delivery tag. A ring in tag order: acks mostly come in that order too. Guarded by the
/// connection writer's gate, because queues add and the read loop removes.
/// </summary>
internal sealed class UnsettledDeliveries
{
    private const int CapacityMin = 16;

    /// <summary>Settled entries inside the ring that make closing the gaps worthwhile, if they are also most of it.</summary>
    private const int GapsBeforeCompacting = 4096;

    private Entry[] _ring = [];
    private int _head;
    private int _length;

    /// <summary>Deliveries that are still out.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a delivery; tags only rise.</summary>
    /// <param name="tag">Its tag.</param>
    /// <param name="delivery">What was delivered.</param>
    /// <param name="deliveredAt">When, on the server's coarse clock.</param>
    public void Add(ulong tag, in Delivery delivery, uint deliveredAt)
    {
        if (_length == _ring.Length) MakeRoom();
        ref var entry = ref At(_length++);
        entry.Tag = tag;
        entry.Delivery = delivery;
        entry.Delivery.DeliveredAt = deliveredAt;
        Count++;
    }

    /// <summary>Takes one delivery out. False: no such tag is out.</summary>
    public bool TryRemove(ulong tag, out Delivery delivery)
    {
        var index = IndexOf(tag);
        if (index < 0)
        {
            delivery = default;
            return false;
        }

        ref var entry = ref At(index);
        delivery = entry.Delivery;
        entry.Delivery = default;
        Count--;
        TrimHead();
        return true;
    }

    public bool Contains(ulong tag) => IndexOf(tag) >= 0;

    /// <summary>The delivery that has been out the longest.</summary>
    public bool TryPeekFirst(out Delivery delivery)
    {
        // The head is never a gap: whatever settles it moves the head on.
        delivery = Count == 0 ? default : At(0).Delivery;
        return Count > 0;
    }

    /// <summary>Takes out the oldest delivery if its tag is at most <paramref name="lastTag"/>. Called until false: all up to that tag.</summary>
    public bool TryRemoveFirst(ulong lastTag, out ulong tag, out Delivery delivery)
    {
        if (Count == 0 || At(0).Tag > lastTag)
        {
            tag = 0;
            delivery = default;
            return false;
        }

        ref var entry = ref At(0);
        tag = entry.Tag;
        delivery = entry.Delivery;
        entry.Delivery = default;
        Count--;
        TrimHead();
        return true;
    }

    /// <summary>Puts deliveries back that a rolled back transaction had taken out. Sorted in; rare.</summary>
    public void Restore(IReadOnlyList<(ulong Tag, Delivery Delivery)> deliveries)
    {
        var all = new List<(ulong Tag, Delivery Delivery)>(deliveries);
        while (TryRemoveFirst(ulong.MaxValue, out var tag, out var delivery)) all.Add((tag, delivery));
        all.Sort((left, right) => left.Tag.CompareTo(right.Tag));
        foreach (var (tag, delivery) in all) Add(tag, delivery, delivery.DeliveredAt);
    }

    /// <summary>From now on every delivery holds a unit of the channel's shared credit.</summary>
    /// <returns>How many units that are.</returns>
    public int MarkAllHoldingSharedCredit()
    {
        var marked = 0;
        for (var i = 0; i < _length; i++)
        {
            ref var delivery = ref At(i).Delivery;
            if (delivery.Queue is null || delivery.Consumer is null) continue;
            delivery.HoldsSharedCredit = true;
            marked++;
        }

        return marked;
    }

    private int IndexOf(ulong tag)
    {
        if (Count == 0 || tag < At(0).Tag || tag > At(_length - 1).Tag) return -1;
        // Without gaps the tag itself is the index. No-ack deliveries on the same channel use up tags, so it can only be lower.
        var guess = (int)Math.Min(tag - At(0).Tag, (ulong)(_length - 1));
        if (At(guess).Tag != tag)
        {
            var low = 0;
            var high = guess - 1;
            guess = -1;
            while (low <= high)
            {
                var middle = (low + high) / 2;
                var found = At(middle).Tag;
                if (found == tag)
                {
                    guess = middle;
                    break;
                }

                if (found < tag) low = middle + 1;
                else high = middle - 1;
            }

            if (guess < 0) return -1;
        }

        return At(guess).Delivery.Queue is null ? -1 : guess;
    }

    private ref Entry At(int index) => ref _ring[(_head + index) & (_ring.Length - 1)];

    private void TrimHead()
    {
        while (_length > 0 && At(0).Delivery.Queue is null)
        {
            _head = (_head + 1) & (_ring.Length - 1);
            _length--;
        }

        if (_length == 0) _head = 0;
        if (_length == 0 && _ring.Length > GapsBeforeCompacting) _ring = [];
    }

    /// <summary>Closes the gaps when most of the ring is gaps, else doubles it.</summary>
    private void MakeRoom()
    {
        var gaps = _length - Count;
        var capacity = gaps > GapsBeforeCompacting && gaps > _length / 2 ? _ring.Length : Math.Max(CapacityMin, _ring.Length * 2);
        var ring = new Entry[capacity];
        var kept = 0;
        for (var i = 0; i < _length; i++)
        {
            ref var entry = ref At(i);
            if (entry.Delivery.Queue is not null) ring[kept++] = entry;
        }

        _ring = ring;
        _head = 0;
        _length = kept;
    }

    private struct Entry
    {
        public ulong Tag;

        /// <summary>Its queue is null once it is settled.</summary>
        public Delivery Delivery;
    }
}
