using HareMQ.Storage;

namespace HareMQ.Broker.Delays;

/// <summary>Where a message lies that is due within the next seconds.</summary>
internal readonly record struct DelayedMessage(DelayBucket Bucket, LogPosition Position, int RecordBytes);

/// <summary>
/// The messages that are due next, in order: those of the same moment in the order in which they were published. A binary heap; the framework's
/// compares through an interface, which costs more than everything else here.
/// </summary>
internal sealed class DelayIndex
{
    /// <summary>About 5 MB. What does not fit is sorted on disk, into windows of 16 ms.</summary>
    public const int CountMax = 128 * 1024;

    private const int KeptEntriesMax = 1024;

    private Entry[] _heap = [];

    public int Count { get; private set; }

    public long FirstDueAtMs => Count > 0 ? _heap[0].DueAtMs : long.MaxValue;

    public void Add(in DelayedMessage message, long dueAtMs)
    {
        if (Count == _heap.Length) Array.Resize(ref _heap, Math.Max(64, Count * 2));
        var added = new Entry(dueAtMs, message);
        var index = Count++;
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!added.IsBefore(_heap[parent])) break;
            _heap[index] = _heap[parent];
            index = parent;
        }

        _heap[index] = added;
    }

    public DelayedMessage Take()
    {
        var first = _heap[0].Message;
        var moved = _heap[--Count];
        _heap[Count] = default;
        if (Count > 0) Sink(moved);
        else if (_heap.Length > KeptEntriesMax) _heap = [];
        return first;
    }

    public void Clear()
    {
        _heap = [];
        Count = 0;
    }

    private void Sink(in Entry moved)
    {
        var index = 0;
        while (true)
        {
            var child = (index * 2) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && _heap[child + 1].IsBefore(_heap[child])) child++;
            if (!_heap[child].IsBefore(moved)) break;
            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = moved;
    }

    private readonly struct Entry(long dueAtMs, in DelayedMessage message)
    {
        public readonly long DueAtMs = dueAtMs;
        public readonly DelayedMessage Message = message;

        public bool IsBefore(in Entry other) =>
            DueAtMs != other.DueAtMs ? DueAtMs < other.DueAtMs : Message.Position < other.Message.Position;
    }
}
