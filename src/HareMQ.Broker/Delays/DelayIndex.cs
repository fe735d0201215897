using HareMQ.Storage;

namespace HareMQ.Broker.Delays;

/// <summary>Where a message lies that is due within the next seconds.</summary>
internal readonly record struct DelayedMessage(DelayBucket Bucket, LogPosition Position, int RecordBytes);

/// <summary>The messages that are due next, in order: those of the same moment in the order in which they were published.</summary>
internal sealed class DelayIndex
{
    /// <summary>About 5 MB. What does not fit is sorted on disk, into windows of 16 ms.</summary>
    public const int CountMax = 128 * 1024;

    private readonly PriorityQueue<DelayedMessage, (long DueAtMs, ulong Position)> _messages = new();

    public int Count => _messages.Count;

    public long FirstDueAtMs => _messages.TryPeek(out _, out var order) ? order.DueAtMs : long.MaxValue;

    public void Add(in DelayedMessage message, long dueAtMs) => _messages.Enqueue(message, (dueAtMs, message.Position.Packed));

    public DelayedMessage Take() => _messages.Dequeue();

    public void Clear() => _messages.Clear();
}
