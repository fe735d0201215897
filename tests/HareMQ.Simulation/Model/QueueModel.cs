namespace HareMQ.Simulation.Model;

/// <summary>A queue as far as its clients may rely on it.</summary>
internal sealed class QueueModel(string name)
{
    public string Name => name;

    public bool Durable { get; init; } = true;

    /// <summary>Where its dead go, and nobody else's.</summary>
    public QueueModel? DeadLetters { get; init; }

    /// <summary>Messages may be dropped by its own rules, and reach nobody. Once true, always true.</summary>
    public bool Drops { get; set; }

    public bool MayRefuse { get; init; }

    /// <summary>Transient messages survive as well, in it and wherever else they were routed to.</summary>
    public bool KeepsTransient { get; init; }

    public bool HasPriorities { get; init; }

    /// <summary>Messages come to it in the order of their publishes: not from other queues, nor after a delay.</summary>
    public bool KeepsOrder { get; init; } = true;

    /// <summary>Which publishes of one key are one message.</summary>
    public Deduplication Deduplication { get; init; }

    /// <summary>It is deleted now and then, with whatever it holds, and declared again.</summary>
    public bool MayBeDeleted { get; init; }

    /// <summary>It goes when nobody has used it for so long. Null: never.</summary>
    public int? ExpiresAfterMs { get; init; }

    /// <summary>It belongs to a connection, and goes with it.</summary>
    public bool IsExclusive { get; init; }

    /// <summary>Only the consumer that has been there longest gets anything.</summary>
    public bool IsSingleActive { get; init; }

    public Action<Testing.Wire.WireWriter>? Arguments { get; init; }

    /// <summary>Channels that the broker may still deliver to although nobody listens: those messages may be flagged as redelivered later.</summary>
    public int LeavingChannels { get; set; }

    /// <summary>Those of them whose deliveries count as acknowledged.</summary>
    public int LeavingAutoAcks { get; set; }

    /// <summary>When the last of them had left.</summary>
    public long LostDeliveriesAt { get; set; } = -1;

    /// <summary>Somebody has asked for its deletion, and it is not declared again.</summary>
    public bool IsBeingDeleted { get; set; }

    /// <summary>It is gone for certain, and nobody has asked for it since.</summary>
    public bool IsAbsent { get; set; }

    /// <summary>When it was last declared again.</summary>
    public long BackAt { get; set; } = -1;

    /// <summary>When a channel that may take something from it was last opened or had left.</summary>
    public long TouchedAt { get; set; } = -1;

    /// <summary>Consumers whose consume-ok has arrived and who have not done anything to end, with the time of that. The longest there first.</summary>
    public List<(object Channel, long At)> Consumers { get; } = [];

    /// <summary>What was asked of it at that time or later may have found it missing.</summary>
    public bool WasMissingSince(long at) => IsBeingDeleted || BackAt >= at || ExpiresAfterMs is not null;
}

internal enum Deduplication
{
    None,

    /// <summary>A key counts as long as its message is in the queue.</summary>
    InQueue,

    /// <summary>The exchange before the queue remembers all keys of the broker's life.</summary>
    InExchange,
}
