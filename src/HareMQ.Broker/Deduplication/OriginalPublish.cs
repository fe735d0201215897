using HareMQ.Broker.Messages;

namespace HareMQ.Broker.Deduplication;

/// <summary>
/// The first message with a key, on its way to its queues. Duplicates that come meanwhile wait for its fate: a confirm of a duplicate must
/// promise the same as one of the original. Thread-safe.
/// </summary>
internal sealed class OriginalPublish(ExchangeDeduplication keys, UInt128 key, long beganAtMs, long expiresAtMs)
{
    private readonly Lock _lock = new();

    // Guarded by the lock.
    private List<PublishBatch>? _waiting;
    private bool _isOver;

    public UInt128 Key => key;

    public long ExpiresAtMs => expiresAtMs;

    /// <summary>The batch that carries it; null while there is none.</summary>
    public PublishBatch? Batch { get; set; }

    /// <summary>Lets a batch with a duplicate wait: accepted or refused once more when this message is.</summary>
    /// <returns>False: its fate is known, there is nothing to wait for.</returns>
    public bool TryAwait(PublishBatch batch)
    {
        lock (_lock)
        {
            if (_isOver) return false;
            (_waiting ??= []).Add(batch);
            return true;
        }
    }

    /// <summary>The same key once more, after it was given up; null: somebody else has it now.</summary>
    public OriginalPublish? Renew() => keys.TryBegin(key, beganAtMs, expiresAtMs, out var renewed) ? renewed : null;

    /// <summary>Tells everyone who waits.</summary>
    public void Complete(bool isStored)
    {
        List<PublishBatch>? waiting;
        // The key first: whoever sees that this is over must find the key remembered, or forgotten.
        keys.End(this, isStored);
        lock (_lock)
        {
            _isOver = true;
            waiting = _waiting;
        }

        if (waiting is null) return;
        foreach (var batch in waiting)
        {
            if (isStored) batch.Accepted();
            else batch.Refused();
        }
    }
}
