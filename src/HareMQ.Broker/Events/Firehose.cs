using System.Text;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Protocol;

namespace HareMQ.Broker.Events;

/// <summary>
/// Copies of everything that is published and delivered in a virtual host while tracing is on, for its exchange <c>amq.rabbitmq.trace</c>.
/// Thread-safe.
/// </summary>
internal sealed class Firehose(BrokerFeed feed, string nodeName, string virtualHost)
{
    public const string ExchangeName = "amq.rabbitmq.trace";

    private const string PublishPrefix = "publish.";
    private const string DeliverPrefix = "deliver.";

    private static ReadOnlySpan<byte> ExchangeNameUtf8 => "amq.rabbitmq.trace"u8;

    /// <summary>Somebody looks.</summary>
    public bool IsWanted => feed.IsWanted;

    /// <param name="source">Who has published it.</param>
    /// <param name="exchange">Where, UTF-8.</param>
    /// <param name="routingKey">With which key, UTF-8.</param>
    /// <param name="properties">As they were published.</param>
    /// <param name="body">The body.</param>
    /// <param name="targets">Where it went.</param>
    public void Published(
        in TraceSource source, ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey, in BasicProperties properties,
        ReadOnlySpan<byte> body, RouteTargets targets)
    {
        // What was traced is not traced again.
        if (exchange.SequenceEqual(ExchangeNameUtf8)) return;
        var headers = Describe(in source, exchange, routingKey, in properties)
            .SetHeader("routed_queues", Words(targets.Queues.Select(queue => queue.Name)));
        Publish(PublishPrefix, Encoding.UTF8.GetString(exchange), headers, body);
    }

    /// <param name="source">Who gets it.</param>
    /// <param name="queue">From which queue.</param>
    /// <param name="message">The message.</param>
    /// <param name="redelivered">As its receiver sees it.</param>
    public void Delivered(in TraceSource source, string queue, in MessageView message, bool redelivered)
    {
        if (message.Exchange.SequenceEqual(ExchangeNameUtf8)) return;
        var properties = BasicProperties.Read(message.Properties);
        var headers = Describe(in source, message.Exchange, message.RoutingKey, in properties)
            .SetHeader("redelivered", FieldValue.FromInt(redelivered ? 1 : 0));
        Publish(DeliverPrefix, queue, headers, message.Body);
    }

    private void Publish(string prefix, string name, BasicPropertiesBuilder headers, ReadOnlySpan<byte> body)
    {
        var key = Encoding.UTF8.GetBytes(prefix + name);
        // A name may be as long as a routing key, which leaves no room for the prefix.
        feed.Publish(key.AsSpan(0, Math.Min(key.Length, byte.MaxValue)), headers.ToEncoded(), body);
    }

    private BasicPropertiesBuilder Describe(
        in TraceSource source, ReadOnlySpan<byte> exchange, ReadOnlySpan<byte> routingKey, in BasicProperties properties) =>
        new BasicPropertiesBuilder([0, 0])
            .SetHeader("exchange_name", FieldValue.FromString(Encoding.UTF8.GetString(exchange)))
            .SetHeader("routing_keys", RoutingKeysOf(routingKey, properties.Headers))
            .SetHeader("properties", FieldValue.FromTable(TracedProperties.ToTable(in properties)))
            .SetHeader("node", FieldValue.FromString(nodeName))
            .SetHeader("vhost", FieldValue.FromString(virtualHost))
            .SetHeader("connection", FieldValue.FromString(source.Connection))
            .SetHeader("channel", FieldValue.FromInt(source.Channel))
            .SetHeader("user", FieldValue.FromString(source.User));

    private static FieldValue RoutingKeysOf(ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> headers)
    {
        var keys = new RoutingKeys();
        keys.Add(routingKey);
        keys.AddSenderSelected(headers);
        return Words(Enumerable.Range(0, keys.Count).Select(i => keys[i].ToString()));
    }

    private static FieldValue Words(IEnumerable<string> words) => FieldValue.FromArray([.. words.Select(FieldValue.FromString)]);
}

/// <summary>Who publishes or gets a message.</summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="Channel">The channel's number.</param>
/// <param name="User">Who has logged in.</param>
internal readonly record struct TraceSource(string Connection, int Channel, string User);
