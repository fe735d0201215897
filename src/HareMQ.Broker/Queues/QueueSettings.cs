using HareMQ.Broker.Deduplication;

namespace HareMQ.Broker.Queues;

/// <summary>What a queue's arguments and policies ask of it. Immutable: a change replaces the whole.</summary>
/// <remarks>Type, priorities and single active consumer are fixed when a queue is declared; the rest may change while it lives.</remarks>
internal sealed record QueueSettings
{
    /// <summary>Ten years, in milliseconds: the longest time that RabbitMQ takes.</summary>
    public const long TimeMaxMs = 315_360_000_000;

    /// <summary>What quorum queues have unless they say otherwise (RabbitMQ 4.x).</summary>
    public const int QuorumDeliveryLimit = 20;

    /// <summary>A plain queue.</summary>
    public static QueueSettings Default { get; } = new();

    public QueueType Type { get; init; }

    /// <summary>How long messages live here; null = for ever, 0 = only if somebody takes them at once.</summary>
    public long? MessageTtlMs { get; init; }

    /// <summary>The queue goes when nobody has used it for so long; null = never.</summary>
    public long? ExpiresMs { get; init; }

    /// <summary>Most ready messages; null = unlimited.</summary>
    public long? MaxLength { get; init; }

    /// <summary>Most bytes in the bodies of ready messages; null = unlimited.</summary>
    public long? MaxLengthBytes { get; init; }

    public OverflowPolicy Overflow { get; init; }

    /// <summary>An argument says so, not the absence of one.</summary>
    public bool AsksOverflow { get; init; }

    /// <summary>Where dead messages go; null = nowhere, empty = the default exchange.</summary>
    public string? DeadLetterExchange { get; init; }

    /// <summary>Replaces the routing keys of dead messages; null = they keep theirs.</summary>
    public string? DeadLetterRoutingKey { get; init; }

    /// <summary>How often a message may come back; null = always.</summary>
    public int? DeliveryLimit { get; init; }

    /// <inheritdoc cref="AsksOverflow"/>
    public bool AsksDeliveryLimit { get; init; }

    /// <summary>How long a delivery may wait for its ack; null = as long as the broker lets it.</summary>
    public long? ConsumerTimeoutMs { get; init; }

    /// <summary>The highest priority; null = the queue knows no priorities.</summary>
    public byte? MaxPriority { get; init; }

    public bool SingleActiveConsumer { get; init; }

    /// <summary>How duplicates are known; null = they are welcome.</summary>
    public DeduplicationSettings? Deduplication { get; init; }

    public bool HasLengthLimit => MaxLength is not null || MaxLengthBytes is not null;

    public bool RefusesOverflow => HasLengthLimit && Overflow != OverflowPolicy.DropHead;
}

internal enum QueueType : byte
{
    Classic,

    /// <summary>On one machine a durable queue that keeps every message and limits redeliveries.</summary>
    Quorum,
}

/// <summary>What gives way when a queue is full.</summary>
internal enum OverflowPolicy : byte
{
    /// <summary>The oldest message.</summary>
    DropHead,

    /// <summary>The new message: its publisher gets a nack.</summary>
    RejectPublish,

    /// <summary>As <see cref="RejectPublish"/>, and the new message is dead-lettered.</summary>
    RejectPublishDlx,
}
