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

    public Action<Testing.Wire.WireWriter>? Arguments { get; init; }

    /// <summary>Channels that the broker may still deliver to although nobody listens: those messages may be flagged as redelivered later.</summary>
    public int LeavingChannels { get; set; }

    /// <summary>Those of them whose deliveries count as acknowledged.</summary>
    public int LeavingAutoAcks { get; set; }

    /// <summary>When the last of them had left.</summary>
    public long LostDeliveriesAt { get; set; } = -1;
}
