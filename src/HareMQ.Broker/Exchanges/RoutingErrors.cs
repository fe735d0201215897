using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>
/// What is refused about exchanges, bindings and routing, worded as RabbitMQ words it: clients and their tests match these texts.
/// </summary>
internal static class RoutingErrors
{
    public static ChannelException ExchangeNotFound(string exchange, string vhost) =>
        new(ReplyCode.NotFound, $"no {Exchange(exchange, vhost)}");

    public static ChannelException QueueNotFound(string queue, string vhost) =>
        new(ReplyCode.NotFound, $"no queue '{queue}' in vhost '{vhost}'");

    public static ChannelException DefaultExchange() => new(ReplyCode.AccessRefused, "operation not permitted on the default exchange");

    public static ChannelException ReservedPrefix(string exchange) =>
        new(ReplyCode.AccessRefused, $"exchange name '{exchange}' contains reserved prefix 'amq.*'");

    public static ChannelException SystemExchangeDeletion(string exchange, string vhost) =>
        new(ReplyCode.AccessRefused, $"deletion of system {Exchange(exchange, vhost)} not allowed");

    public static ChannelException InternalExchange(string exchange, string vhost) =>
        new(ReplyCode.AccessRefused, $"cannot publish to internal {Exchange(exchange, vhost)}");

    public static ChannelException UnknownExchangeType(string type) => Failed($"unknown exchange type '{type}'");

    public static ChannelException ExchangeInUse(string exchange, string vhost) => Failed($"{Exchange(exchange, vhost)} in use");

    public static ChannelException InequivalentProperty(string property, string exchange, string vhost, string received, string current) =>
        Failed($"inequivalent arg '{property}' for {Exchange(exchange, vhost)}: received '{received}' but current is '{current}'");

    /// <param name="argument">Its name.</param>
    /// <param name="exchange">The exchange that was declared before.</param>
    /// <param name="vhost">Its virtual host.</param>
    /// <param name="received">Null: not given.</param>
    /// <param name="current">Null: not given when the exchange was declared.</param>
    public static ChannelException InequivalentArgument(
        string argument, string exchange, string vhost, FieldValue? received, FieldValue? current)
    {
        if (received is { } newValue && current is { } oldValue)
            return InequivalentProperty(argument, exchange, vhost, newValue.ToString(), oldValue.ToString());
        return Failed(
            $"inequivalent arg '{argument}' for {Exchange(exchange, vhost)}: received {Given(received)} but current is {Given(current)}");
    }

    public static ChannelException InvalidArgumentType(string argument, string exchange, string vhost, FieldType type) =>
        Failed($"invalid type '{type.Name()}' for arg '{argument}' in {Exchange(exchange, vhost)}");

    public static ChannelException InvalidMatch(string received) =>
        Failed($"Invalid x-match field value <<\"{received}\">>; expected all, any, all-with-x, or any-with-x");

    public static ChannelException InvalidMatchType(FieldValue received) =>
        Failed($"Invalid x-match field type {received.Type.Name()} (value {received}); expected longstr");

    public static ChannelException InvalidHashArgumentType(string argument, FieldType type) =>
        Failed($"invalid type '{type.Name()}' for arg '{argument}'; expected longstr");

    public static ChannelException HashArgumentsExclude() => Failed("hash-header and hash-property are mutually exclusive");

    public static ChannelException UnsupportedHashProperty(string property) => Failed($"Unsupported property: {property}");

    public static ChannelException WeightNotAnInteger(string key) => Failed($"The binding key must be an integer: <<\"{key}\">>");

    public static ChannelException WeightNotPositive() => Failed("The binding key must be greater than 0");

    public static ChannelException UnacceptableHeader(string header, FieldType type) =>
        Failed($"invalid message: {{unacceptable_type_in_header,\"{header}\",{type.Name()}}}");

    private static ChannelException Failed(string text) => new(ReplyCode.PreconditionFailed, text);

    private static string Exchange(string name, string vhost) => $"exchange '{name}' in vhost '{vhost}'";

    private static string Given(FieldValue? value) => value is { } given ? $"the value '{given}' of type '{given.Type.Name()}'" : "none";
}
