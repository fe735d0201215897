using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Policies;

/// <summary>What the definition of a policy may say.</summary>
internal static class PolicyKeys
{
    public const string MessageTtl = "message-ttl";
    public const string Expires = "expires";
    public const string MaxLength = "max-length";
    public const string MaxLengthBytes = "max-length-bytes";
    public const string Overflow = "overflow";
    public const string DeadLetterExchange = "dead-letter-exchange";
    public const string DeadLetterRoutingKey = "dead-letter-routing-key";
    public const string DeliveryLimit = "delivery-limit";
    public const string ConsumerTimeout = "consumer-timeout";
    public const string AlternateExchange = "alternate-exchange";

    /// <summary>Accepted, and changes nothing: there is one way to keep messages, and one to hand dead ones on.</summary>
    public const string QueueMode = "queue-mode";

    /// <inheritdoc cref="QueueMode"/>
    public const string QueueVersion = "queue-version";

    /// <inheritdoc cref="QueueMode"/>
    public const string DeadLetterStrategy = "dead-letter-strategy";

    private static readonly string[] s_limits =
        [MessageTtl, Expires, MaxLength, MaxLengthBytes, Overflow, DeliveryLimit];

    private static readonly string[] s_mirroring =
    [
        "ha-mode", "ha-params", "ha-sync-mode", "ha-sync-batch-size", "ha-promote-on-shutdown", "ha-promote-on-failure",
        "queue-master-locator",
    ];

    private static readonly string[] s_all =
    [
        .. s_limits, ConsumerTimeout, DeadLetterExchange, DeadLetterRoutingKey, AlternateExchange, QueueMode, QueueVersion,
        DeadLetterStrategy, .. s_mirroring,
    ];

    /// <summary>Arguments of queues that are fixed when a queue is declared.</summary>
    private static readonly string[] s_fixed = ["max-priority", "single-active-consumer", "queue-type"];

    public static IReadOnlyList<string> AllowedIn(PolicyKind kind) => kind == PolicyKind.User ? s_all : s_limits;

    /// <summary>Of RabbitMQ 3's mirrored queues. Accepted and not obeyed.</summary>
    public static bool IsOfMirroring(string key) => s_mirroring.Contains(key);

    public static bool IsFixedByDeclaration(string key) => s_fixed.Contains(key);

    /// <summary>A policy that says something its queue's type does not know is not for that queue, as a whole (as in RabbitMQ).</summary>
    public static bool IsFor(QueueType type, string key) => type switch
    {
        QueueType.Quorum => key != QueueMode && !IsOfMirroring(key),
        _ => key is not (DeliveryLimit or DeadLetterStrategy),
    };
}
