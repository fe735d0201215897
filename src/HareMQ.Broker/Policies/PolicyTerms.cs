using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Policies;

/// <summary>What a policy asks for. Null: it says nothing about it.</summary>
internal sealed record PolicyTerms
{
    public static PolicyTerms None { get; } = new();

    public long? MessageTtlMs { get; init; }

    public long? ExpiresMs { get; init; }

    public long? MaxLength { get; init; }

    public long? MaxLengthBytes { get; init; }

    public OverflowPolicy? Overflow { get; init; }

    public string? DeadLetterExchange { get; init; }

    public string? DeadLetterRoutingKey { get; init; }

    /// <summary>Negative: no limit, not even the one that quorum queues have unasked.</summary>
    public int? DeliveryLimit { get; init; }

    public long? ConsumerTimeoutMs { get; init; }

    /// <summary>Of exchanges; all others are of queues.</summary>
    public string? AlternateExchange { get; init; }

    /// <summary>What holds for a queue that asks for this by its arguments: of two limits the lower one, else the argument.</summary>
    public QueueSettings ApplyTo(QueueSettings asked) => this == None
        ? asked
        : asked with
        {
            MessageTtlMs = Lower(asked.MessageTtlMs, MessageTtlMs),
            ExpiresMs = Lower(asked.ExpiresMs, ExpiresMs),
            MaxLength = Lower(asked.MaxLength, MaxLength),
            MaxLengthBytes = Lower(asked.MaxLengthBytes, MaxLengthBytes),
            Overflow = OverflowOf(asked),
            DeadLetterExchange = asked.DeadLetterExchange ?? DeadLetterExchange,
            DeadLetterRoutingKey = asked.DeadLetterRoutingKey ?? DeadLetterRoutingKey,
            DeliveryLimit = DeliveryLimitOf(asked),
            ConsumerTimeoutMs = Lower(asked.ConsumerTimeoutMs, ConsumerTimeoutMs),
        };

    /// <summary>RabbitMQ lets a policy overrule the argument of a quorum queue, and only there.</summary>
    private OverflowPolicy OverflowOf(QueueSettings asked) =>
        asked is { AsksOverflow: true, Type: QueueType.Classic } ? asked.Overflow : Overflow ?? asked.Overflow;

    private int? DeliveryLimitOf(QueueSettings asked)
    {
        var limit = DeliveryLimit < 0 ? null : DeliveryLimit;
        if (asked.AsksDeliveryLimit) return Lower(asked.DeliveryLimit, limit);
        return DeliveryLimit is null ? asked.DeliveryLimit : limit;
    }

    private static T? Lower<T>(T? asked, T? policy) where T : struct, IComparable<T>
    {
        if (asked is not { } a) return policy;
        return policy is { } p && p.CompareTo(a) < 0 ? p : a;
    }
}
