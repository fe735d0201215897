using HareMQ.Protocol;

namespace HareMQ.Broker.Queues;

/// <summary>The x- arguments of queue.declare that mean something, and how two declarations are compared.</summary>
internal static class QueueArguments
{
    /// <summary>Compared when a queue is declared again. Arguments outside this list are kept and listed, but never compared (as RabbitMQ).</summary>
    private static readonly string[] s_compared =
    [
        "x-expires", "x-message-ttl", "x-dead-letter-exchange", "x-dead-letter-routing-key", "x-max-length", "x-max-length-bytes",
        "x-max-priority", "x-overflow", "x-queue-mode", "x-single-active-consumer", "x-queue-type", "x-delivery-limit",
    ];

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
        if (name == "x-queue-type" && IsClassicOrAbsent(has, now) && IsClassicOrAbsent(wants, asked)) return;
        throw BrokerErrors.InequivalentQueueArgument(name, current.Name, virtualHost, Difference(has, now, wants, asked));
    }

    private static bool IsClassicOrAbsent(bool present, FieldValue value) =>
        !present || (value.TryGetString(out var type) && type == "classic");

    private static string Difference(bool has, FieldValue now, bool wants, FieldValue asked)
    {
        if (has && wants) return $"received '{asked}' but current is '{now}'";
        return wants
            ? $"received the value '{asked}' of type '{asked.Type.Name()}' but current is none"
            : $"received none but current is the value '{now}' of type '{now.Type.Name()}'";
    }
}
