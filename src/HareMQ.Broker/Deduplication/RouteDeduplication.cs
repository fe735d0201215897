using HareMQ.Broker.Messages;
using HareMQ.Protocol;

namespace HareMQ.Broker.Deduplication;

/// <summary>What the way of one message through the exchanges has met of keys. One per channel, used again and again.</summary>
internal sealed class RouteDeduplication
{
    private readonly List<OriginalPublish> _begun = [];
    private readonly List<OriginalPublish> _repeated = [];

    /// <summary>The present, milliseconds since the Unix epoch.</summary>
    public long NowMs { get; private set; }

    /// <summary>At least one exchange took the message for a duplicate.</summary>
    public bool HasDuplicate { get; private set; }

    public bool IsUsed => _begun.Count > 0 || HasDuplicate;

    public void Start(long nowMs)
    {
        if (IsUsed) Abandon();
        NowMs = nowMs;
    }

    /// <summary>Asks an exchange that drops duplicates.</summary>
    /// <returns>False: the message is one, and goes no further there.</returns>
    public bool Passes(ExchangeDeduplication keys, in BasicProperties properties)
    {
        if (!DeduplicationKey.TryRead(properties, keys.Settings, NowMs, out var key, out var expiresAtMs)) return true;
        if (keys.TryBegin(key, NowMs, expiresAtMs, out var original))
        {
            _begun.Add(original!);
            return true;
        }

        HasDuplicate = true;
        if (original is not null) _repeated.Add(original);
        return false;
    }

    /// <summary>The message is in the batch, or, being a duplicate, only its confirm is.</summary>
    public void MoveTo(PublishBatch batch)
    {
        foreach (var original in _begun) batch.Keys.Begin(original, batch);
        foreach (var original in _repeated) batch.Keys.Repeat(original, batch);
        Clear();
    }

    /// <summary>The message leads nowhere: it may be published again.</summary>
    public void GiveUp()
    {
        foreach (var original in _begun) original.Complete(isStored: false);
        _begun.Clear();
    }

    /// <summary>The message was refused: it may be published again, and nobody waits for it.</summary>
    public void Abandon()
    {
        GiveUp();
        Clear();
    }

    private void Clear()
    {
        _begun.Clear();
        _repeated.Clear();
        HasDuplicate = false;
    }
}
