namespace HareMQ.Broker.Deduplication;

/// <summary>
/// The keys of the messages that an exchange has taken. A key counts from the moment it is seen, so that of two publishers only one gets through;
/// if the message is then refused, the key is forgotten and the publisher may try again. Thread-safe.
/// </summary>
internal sealed class ExchangeDeduplication(DeduplicationSettings settings)
{
    private readonly Lock _lock = new();

    // Guarded by the lock.
    private readonly SeenKeys _seen = new(settings.CacheSize);
    private readonly Dictionary<UInt128, OriginalPublish> _underWay = [];

    public DeduplicationSettings Settings => settings;

    public int Count
    {
        get
        {
            lock (_lock) return _seen.Count;
        }
    }

    /// <summary>Takes note of a key.</summary>
    /// <param name="key">The message's.</param>
    /// <param name="nowMs">The present.</param>
    /// <param name="expiresAtMs">When the key is to be forgotten.</param>
    /// <param name="original">
    /// The publish that the key stands for: this one's own, which must be completed; or the earlier one, null if that is long stored.
    /// </param>
    /// <returns>False: the message is a duplicate.</returns>
    public bool TryBegin(UInt128 key, long nowMs, long expiresAtMs, out OriginalPublish? original)
    {
        lock (_lock)
        {
            if (_underWay.TryGetValue(key, out original)) return false;
            if (_seen.Contains(key, nowMs)) return false;
            original = new OriginalPublish(this, key, nowMs, expiresAtMs);
            _underWay.Add(key, original);
            return true;
        }
    }

    /// <summary>The message is where it was to go, or will never be there.</summary>
    public void End(OriginalPublish original, bool isStored)
    {
        lock (_lock)
        {
            _underWay.Remove(original.Key);
            if (isStored) _seen.Add(original.Key, original.ExpiresAtMs);
        }
    }
}
