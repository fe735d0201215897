using System.Text;
using HareMQ.Broker.Deduplication;
using HareMQ.Protocol;

namespace HareMQ.Broker.Queues;

/// <summary>Reads the arguments of queue.declare. What it refuses, and in which words, is RabbitMQ's.</summary>
internal readonly ref struct QueueSettingsReader
{
    public const string Classic = "classic";

    public const string Quorum = "quorum";

    private const string Stream = "stream";

    private readonly QueueDeclaration _declaration;
    private readonly string _virtualHost;

    private QueueSettingsReader(QueueDeclaration declaration, string virtualHost)
    {
        _declaration = declaration;
        _virtualHost = virtualHost;
    }

    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: an argument or a flag that this kind of queue cannot have.</exception>
    public static QueueSettings Read(QueueDeclaration declaration, string virtualHost) =>
        new QueueSettingsReader(declaration, virtualHost).Read();

    // The order decides which of several errors is reported: it is RabbitMQ's.
    private QueueSettings Read()
    {
        if (_declaration.Arguments.Encoded.IsEmpty) return QueueSettings.Default;
        if (TryGet(QueueArguments.DeadLetterExchange, out var exchange) && exchange.Type != FieldType.LongString)
            throw BrokerErrors.InvalidQueueArgumentType(QueueArguments.DeadLetterExchange, _declaration.Name, _virtualHost, exchange.Type);
        var settings = new QueueSettings
        {
            ExpiresMs = Time(QueueArguments.Expires, min: 1),
            MessageTtlMs = Time(QueueArguments.MessageTtl, min: 0),
            DeadLetterExchange = String(QueueArguments.DeadLetterExchange),
            DeadLetterRoutingKey = DeadLetterRoutingKey(),
            MaxLength = Number(QueueArguments.MaxLength),
            MaxLengthBytes = Number(QueueArguments.MaxLengthBytes),
            MaxPriority = MaxPriority(),
            Overflow = Overflow(),
            Deduplication = DeduplicationArguments.Read(_declaration.Arguments),
            AsksOverflow = TryGet(QueueArguments.Overflow, out _),
            SingleActiveConsumer = Flag(QueueArguments.SingleActiveConsumer),
            Type = Type(),
            ConsumerTimeoutMs = Time(QueueArguments.ConsumerTimeout, min: 1),
        };
        CheckMode();
        CheckVersion();
        if (settings.Type == QueueType.Quorum) CheckQuorum();
        return settings with
        {
            DeliveryLimit = DeliveryLimit(settings.Type),
            AsksDeliveryLimit = TryGet(QueueArguments.DeliveryLimit, out _),
        };
    }

    private void CheckQuorum()
    {
        if (_declaration.AutoDelete) throw BrokerErrors.InvalidQueueProperty("auto-delete", _declaration.Name, _virtualHost);
        if (_declaration.Exclusive) throw BrokerErrors.InvalidQueueProperty("exclusive-owner", _declaration.Name, _virtualHost);
        if (!_declaration.Durable) throw BrokerErrors.InvalidQueueProperty("non-durable", _declaration.Name, _virtualHost);
    }

    private QueueType Type()
    {
        switch (String(QueueArguments.Type))
        {
            case null or Classic: return QueueType.Classic;
            case Quorum: return QueueType.Quorum;
            case Stream: throw Invalid(QueueArguments.Type, "\"queue type 'stream' is not available in this version\"");
            case var other: throw Invalid(QueueArguments.Type, $"\"unsupported queue type '{other}'\"");
        }
    }

    private string? DeadLetterRoutingKey()
    {
        var key = String(QueueArguments.DeadLetterRoutingKey);
        if (key is not null && !TryGet(QueueArguments.DeadLetterExchange, out _))
            throw Invalid(QueueArguments.DeadLetterRoutingKey, "routing_key_but_no_dlx_defined");
        // No publish could carry it.
        if (key is not null && Encoding.UTF8.GetByteCount(key) > byte.MaxValue)
            throw Invalid(QueueArguments.DeadLetterRoutingKey, $"{{max_value_exceeded,{Encoding.UTF8.GetByteCount(key)}}}");
        return key;
    }

    private byte? MaxPriority()
    {
        var number = Number(QueueArguments.MaxPriority);
        if (number > byte.MaxValue) throw Invalid(QueueArguments.MaxPriority, $"{{max_value_exceeded,{number}}}");
        return (byte?)number;
    }

    private OverflowPolicy Overflow() => String(QueueArguments.Overflow) switch
    {
        null or "drop-head" => OverflowPolicy.DropHead,
        "reject-publish" => OverflowPolicy.RejectPublish,
        "reject-publish-dlx" => OverflowPolicy.RejectPublishDlx,
        _ => throw Invalid(QueueArguments.Overflow, "invalid_overflow"),
    };

    private int? DeliveryLimit(QueueType type)
    {
        if (!TryGet(QueueArguments.DeliveryLimit, out var value))
            return type == QueueType.Quorum ? QueueSettings.QuorumDeliveryLimit : null;
        var limit = Integer(QueueArguments.DeliveryLimit, value);
        return limit < 0 ? null : (int)Math.Min(limit, int.MaxValue);
    }

    /// <summary>Accepted for the sake of applications that still send it; there is only one way to keep messages.</summary>
    private void CheckMode()
    {
        if (String(QueueArguments.Mode) is not (null or "default" or "lazy") and var mode)
            throw Invalid(QueueArguments.Mode, $"\"unsupported queue mode '{mode}'\"");
    }

    /// <summary>Accepted as <see cref="CheckMode"/> is.</summary>
    private void CheckVersion()
    {
        if (TryGet(QueueArguments.Version, out var value) && Integer(QueueArguments.Version, value) is not (1 or 2) and var version)
            throw Invalid(QueueArguments.Version, $"\"unsupported queue version '{version}'\"");
    }

    private long? Time(string argument, long min)
    {
        var milliseconds = Number(argument);
        if (milliseconds < min) throw Invalid(argument, "{value_zero,0}");
        if (milliseconds > QueueSettings.TimeMaxMs) throw Invalid(argument, $"{{value_too_large,{milliseconds}}}");
        return milliseconds;
    }

    private long? Number(string argument)
    {
        if (!TryGet(argument, out var value)) return null;
        var number = Integer(argument, value);
        return number >= 0 ? number : throw Invalid(argument, $"{{value_negative,{number}}}");
    }

    private long Integer(string argument, FieldValue value) => value.TryGetInteger(out var number)
        ? number
        : throw Invalid(argument, $"\"expected integer, got {value.Type.Name()}\"");

    private string? String(string argument)
    {
        if (!TryGet(argument, out var value)) return null;
        return value.TryGetString(out var text) ? text : throw UnacceptableType(argument, value);
    }

    private bool Flag(string argument)
    {
        if (!TryGet(argument, out var value)) return false;
        return value.TryGetBoolean(out var flag) ? flag : throw UnacceptableType(argument, value);
    }

    private bool TryGet(string argument, out FieldValue value) => _declaration.Arguments.TryGet(argument, out value);

    private ChannelException UnacceptableType(string argument, FieldValue value) =>
        Invalid(argument, $"{{unacceptable_type,{value.Type.Name()}}}");

    private ChannelException Invalid(string argument, string reason) =>
        BrokerErrors.InvalidQueueArgument(argument, _declaration.Name, _virtualHost, reason);
}
