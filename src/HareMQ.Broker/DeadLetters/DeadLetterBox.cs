using System.Runtime.InteropServices;

namespace HareMQ.Broker.DeadLetters;

/// <summary>The dead messages of one queue that no target has accepted yet. Owned by the queue's turns.</summary>
internal sealed class DeadLetterBox
{
    /// <summary>Back-pressure: a slow target is not buried in memory.</summary>
    private const int BatchesUnderWayMax = 4;

    /// <summary>More than this many are not taken off the head of the queue; where they are they cost no memory.</summary>
    private const int CountMax = 16 * 1024;

    /// <summary>How long messages rest whose target has failed.</summary>
    private const int RetryMs = 5000;

    private readonly Queue<DeadMessage> _waiting = new();
    private readonly List<DeadMessage> _held = [];
    private int _batchesUnderWay;
    private int _messagesUnderWay;

    /// <summary>Those that are in the queue's log and nowhere else for sure.</summary>
    public int Count => _waiting.Count + _held.Count + _messagesUnderWay;

    public bool IsEmpty => Count == 0;

    public bool IsFull => _waiting.Count + _held.Count >= CountMax;

    public bool MaySend => _waiting.Count > 0 && _batchesUnderWay < BatchesUnderWayMax;

    /// <summary>When to try held messages again, milliseconds since the Unix epoch; <see cref="long.MaxValue"/> = there are none.</summary>
    public long RetryAtMs { get; private set; } = long.MaxValue;

    public void Add(in DeadMessage message) => _waiting.Enqueue(message);

    public bool TryTake(out DeadMessage message) => _waiting.TryDequeue(out message);

    /// <summary>Its target takes nothing at present.</summary>
    public void Hold(in DeadMessage message, long nowMs)
    {
        _held.Add(message);
        RetryAtMs = Math.Min(RetryAtMs, nowMs + RetryMs);
    }

    public void BatchSent(DeadLetterBatch batch)
    {
        _batchesUnderWay++;
        _messagesUnderWay += batch.Messages.Count;
    }

    public void BatchEnded(DeadLetterBatch batch)
    {
        _batchesUnderWay--;
        _messagesUnderWay -= batch.Messages.Count;
    }

    public void RetryWhatIsDue(long nowMs)
    {
        if (nowMs < RetryAtMs) return;
        foreach (ref readonly var message in CollectionsMarshal.AsSpan(_held)) _waiting.Enqueue(message);
        _held.Clear();
        RetryAtMs = long.MaxValue;
    }
}
