using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>The part of a message that a consistent-hash exchange hashes: its routing key, or what the exchange's arguments name.</summary>
internal abstract class HashedValue
{
    public abstract RouteInputs Inputs { get; }

    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: both arguments, no string, or another property.</exception>
    public static HashedValue From(FieldTable arguments)
    {
        var header = Find(arguments, ExchangeArguments.HashHeader);
        var property = Find(arguments, ExchangeArguments.HashProperty);
        return (header, property) switch
        {
            (null, null) => new OfRoutingKey(),
            (not null, null) => new OfHeader(header),
            (null, "message_id") => new OfShortString(BasicPropertyFlags.MessageId),
            (null, "correlation_id") => new OfShortString(BasicPropertyFlags.CorrelationId),
            (null, "timestamp") => new OfTimestamp(),
            (null, not null) => throw RoutingErrors.UnsupportedHashProperty(property),
            _ => throw RoutingErrors.HashArgumentsExclude(),
        };
    }

    /// <summary>The value's hash; that of an empty string, if the message has no such value.</summary>
    public abstract ulong Hash(ReadOnlySpan<char> routingKey, in BasicProperties properties);

    private static string? Find(FieldTable arguments, string name)
    {
        if (!arguments.TryGet(name, out var value)) return null;
        return value.TryGetString(out var text) ? text : throw RoutingErrors.InvalidHashArgumentType(name, value.Type);
    }

    private sealed class OfRoutingKey : HashedValue
    {
        public override RouteInputs Inputs => RouteInputs.PublishedKey;

        public override ulong Hash(ReadOnlySpan<char> routingKey, in BasicProperties properties) => StableHash.Of(routingKey);
    }

    private sealed class OfHeader(string name) : HashedValue
    {
        private readonly byte[] _nameUtf8 = Encoding.UTF8.GetBytes(name);

        public override RouteInputs Inputs => RouteInputs.Message;

        public override ulong Hash(ReadOnlySpan<char> routingKey, in BasicProperties properties) =>
            FieldTableScan.TryFind(properties.Headers, _nameUtf8, out var type, out var valueBytes)
                ? HeaderValue.StableHashOf(type, valueBytes)
                : StableHash.Of(default(ReadOnlySpan<byte>));
    }

    private sealed class OfShortString(BasicPropertyFlags property) : HashedValue
    {
        public override RouteInputs Inputs => RouteInputs.Message;

        public override ulong Hash(ReadOnlySpan<char> routingKey, in BasicProperties properties)
        {
            var withLength = properties.Verbatim(property);
            return StableHash.Of(withLength.IsEmpty ? withLength : withLength[1..]);
        }
    }

    private sealed class OfTimestamp : HashedValue
    {
        public override RouteInputs Inputs => RouteInputs.Message;

        public override ulong Hash(ReadOnlySpan<char> routingKey, in BasicProperties properties) =>
            properties.Has(BasicPropertyFlags.Timestamp)
                ? StableHash.Of((long)properties.Timestamp)
                : StableHash.Of(default(ReadOnlySpan<byte>));
    }
}
