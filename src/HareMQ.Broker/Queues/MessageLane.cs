using HareMQ.Storage;

namespace HareMQ.Broker.Queues;

/// <summary>
/// The messages of one priority: a log, and those of it that came back. What is ahead of the log's cursor is ready, what is behind it is
/// settled, in <see cref="Requeued"/>, or out. A queue without priorities has exactly one. Owned by the queue's turns.
/// </summary>
internal sealed class MessageLane(SegmentLog log, byte priority = 0)
{
    public byte Priority { get; } = priority;

    public SegmentLog Log { get; } = log;

    public RequeuedMessages Requeued { get; } = new();

    public long Ready => Log.ReadyRecords + Requeued.Count;

    public long ReadyBodyBytes => Log.ReadyBodyBytes + Requeued.BodyBytes;

    /// <summary>Where the first ready message is, or the block header before it. Says nothing while there is none.</summary>
    public LogPosition Head => Requeued.Count > 0 ? Requeued.First.Position : Log.Cursor;

    /// <summary>The head that <see cref="HeadDueAtMs"/> is about.</summary>
    public LogPosition WatchedHead { get; set; }

    /// <summary>When the watched head expires, milliseconds since the Unix epoch.</summary>
    public long HeadDueAtMs { get; set; }

    /// <summary>Takes the first ready message out. When it is in the log, it has just been peeked at.</summary>
    public void RemoveHead()
    {
        if (Requeued.Count > 0) Requeued.RemoveFirst();
        else Log.Advance();
    }

    /// <summary>Acknowledges all ready messages.</summary>
    public long Purge()
    {
        var count = (long)Requeued.Count;
        while (Requeued.Count > 0)
        {
            var message = Requeued.RemoveFirst();
            Log.Acknowledge(message.Position, message.RecordBytes);
        }

        return count + Log.Purge();
    }
}
