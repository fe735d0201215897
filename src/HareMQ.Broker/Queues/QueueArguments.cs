using HareMQ.Broker.Deduplication;
using HareMQ.Protocol;

namespace HareMQ.Broker.Queues;

/// <summary>The x- arguments of queue.declare that mean something, and how two declarations are compared.</summary>
internal static class QueueArguments
{
    public const string Type = "x-queue-type";
    public const string Mode = "x-queue-mode";
    public const string Version = "x-queue-version";
    public const string MessageTtl = "x-message-ttl";
    public const string Expires = "x-expires";
    public const string MaxLength = "x-max-length";
    public const string MaxLengthBytes = "x-max-length-bytes";
    public const string Overflow = "x-overflow";
    public const string DeadLetterExchange = "x-dead-letter-exchange";
    public const string DeadLetterRoutingKey = "x-dead-letter-routing-key";
    public const string DeliveryLimit = "x-delivery-limit";
    public const string MaxPriority = "x-max-priority";
    public const string SingleActiveConsumer = "x-single-active-consumer";
    public const string ConsumerTimeout = "x-consumer-timeout";

    /// <summary>Compared when a queue is declared again. Arguments outside this list are kept and listed, but never compared (as RabbitMQ).</summary>
    private static readonly string[] s_compared =
    [
        Expires, MessageTtl, DeadLetterExchange, DeadLetterRoutingKey, MaxLength, MaxLengthBytes, MaxPriority, Overflow, Mode,
        SingleActiveConsumer, Type, DeliveryLimit, .. DeduplicationArguments.All,
    ];

    /// <summary>
    /// Asks for a type where the declaration asks for none, as RabbitMQ does: so the queue keeps it when the default changes. A queue that could
    /// not be of that type is a classic one.
    /// </summary>
    public static QueueDeclaration WithType(QueueDeclaration declaration, string type)
    {
        if (type != QueueSettingsReader.Quorum || declaration is not { Durable: true, AutoDelete: false, Exclusive: false }) return declaration;
        if (declaration.Arguments.TryGet(Type, out _)) return declaration;
        var arguments = new FieldTableBuilder();
        foreach (var (name, value) in declaration.Arguments) arguments.Add(name, value);
        return declaration with { Arguments = arguments.Add(Type, type).ToTable() };
    }

    /// <summary>Throws 406 when the queue that exists was declared with something else.</summary>
    public static void CheckEquivalence(QueueDeclaration current, QueueDeclaration received, string virtualHost)
    {
        if (current.Durable != received.Durable)
            throw BrokerErrors.InequivalentQueueFlag("durable", current.Name, virtualHost, received.Durable, current.Durable);
        if (current.AutoDelete != received.AutoDelete)
            throw BrokerErrors.InequivalentQueueFlag("auto_delete", current.Name, virtualHost, received.AutoDelete, current.AutoDelete);
        foreach (var name in s_compared) CheckArgument(name, current, received, virtualHost);
    }

    private static void CheckArgument(string name, QueueDeclaration current, QueueDeclaration received, string virtualHost)
    {
        var has = current.Arguments.TryGet(name, out var now);
        var wants = received.Arguments.TryGet(name, out var asked);
        if (!has && !wants) return;
        if (has && wants && now.ValueEquals(asked)) return;
        if (name == Type && IsClassicOrAbsent(has, now) && IsClassicOrAbsent(wants, asked)) return;
        throw BrokerErrors.InequivalentQueueArgument(name, current.Name, virtualHost, Difference(has, now, wants, asked));
    }

    private static bool IsClassicOrAbsent(bool present, FieldValue value) =>
        !present || (value.TryGetString(out var type) && type == QueueSettingsReader.Classic);

    private static string Difference(bool has, FieldValue now, bool wants, FieldValue asked)
    {
        if (has && wants) return $"received '{asked}' but current is '{now}'";
        return wants
            ? $"received the value '{asked}' of type '{asked.Type.Name()}' but current is none"
            : $"received none but current is the value '{now}' of type '{now.Type.Name()}'";
    }
}
