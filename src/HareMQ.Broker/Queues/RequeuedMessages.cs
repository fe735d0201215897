namespace HareMQ.Broker.Queues;

/// <summary>Messages that came back, in order of their original positions: a binary heap, because they come back in any order and leave from the front.</summary>
internal sealed class RequeuedMessages
{
    private RequeuedMessage[] _heap = [];

    public int Count { get; private set; }

    public long BodyBytes { get; private set; }

    public RequeuedMessage First => _heap[0];

    public void Add(in RequeuedMessage message)
    {
        if (Count == _heap.Length) Array.Resize(ref _heap, Math.Max(16, Count * 2));
        var index = Count++;
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_heap[parent].Position < message.Position) break;
            _heap[index] = _heap[parent];
            index = parent;
        }

        _heap[index] = message;
        BodyBytes += message.BodyBytes;
    }

    public RequeuedMessage RemoveFirst()
    {
        var first = _heap[0];
        var moved = _heap[--Count];
        var index = 0;
        while (true)
        {
            var child = index * 2 + 1;
            if (child >= Count) break;
            if (child + 1 < Count && _heap[child + 1].Position < _heap[child].Position) child++;
            if (moved.Position < _heap[child].Position) break;
            _heap[index] = _heap[child];
            index = child;
        }

        if (Count > 0) _heap[index] = moved;
        else if (_heap.Length > 1024) _heap = [];
        BodyBytes -= first.BodyBytes;
        return first;
    }
}
