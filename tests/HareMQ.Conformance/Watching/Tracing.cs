using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Watching;

/// <summary>The firehose of a virtual host that belongs to the test.</summary>
public abstract class Tracing(BrokerFixture broker) : ConformanceTest(broker)
{
    private readonly string _vhost = $"traced-{Guid.NewGuid():N}";
    private Func<Task> _cleanUp = () => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _cleanUp();
    }

    [Fact]
    public async Task Publishes_and_deliveries_are_copied_with_all_there_is_to_know()
    {
        var (channel, traces) = await TraceAsync();
        await channel.ExchangeDeclareAsync("x", "topic");
        var queue = await channel.DeclareBoundQueueAsync("x", "#");
        var properties = new BasicProperties
        {
            ContentType = "text/plain",
            ContentEncoding = "ce",
            Headers = new Dictionary<string, object?> { ["h"] = 1, ["CC"] = new List<object> { "other" } },
            DeliveryMode = DeliveryModes.Persistent,
            Priority = 3,
            CorrelationId = "ci",
            ReplyTo = "rt",
            Expiration = "60000",
            MessageId = "m",
            Timestamp = new AmqpTimestamp(12345),
            Type = "ty",
            UserId = "guest",
            AppId = "ap",
        };
        await channel.BasicPublishAsync("x", "r.k", mandatory: false, properties, Encoding.UTF8.GetBytes("hello"));

        var published = await traces.NextAsync();
        Assert.Equal("publish.x", published.Key);
        Assert.Equal(
            ["channel", "connection", "exchange_name", "node", "properties", "routed_queues", "routing_keys", "user", "vhost"],
            published.Headers.Order(StringComparer.Ordinal));
        Assert.Equal("hello", Encoding.UTF8.GetString(published.Body));
        Assert.Equal(("x", _vhost, "guest", 1), (published["exchange_name"], published["vhost"], published["user"], published["channel"]));
        Assert.Equal(["r.k", "other"], published.Texts("routing_keys"));
        Assert.Equal([queue], published.Texts("routed_queues"));
        Assert.Matches(@"^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$", published.Text("connection"));
        Assert.Null(published.Properties.ContentType);
        var seen = (Dictionary<string, object?>)published["properties"]!;
        Assert.Equal(
            [
                "app_id", "content_encoding", "content_type", "correlation_id", "delivery_mode", "expiration", "headers", "message_id",
                "priority", "reply_to", "timestamp", "type", "user_id",
            ],
            seen.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ("text/plain", 2, 3, "60000", 12345, "guest"),
            (seen["content_type"], seen["delivery_mode"], seen["priority"], seen["expiration"], seen["timestamp"], seen["user_id"]));
        Assert.Equal(1, ((Dictionary<string, object?>)seen["headers"]!)["h"]);

        var message = await channel.BasicGetAsync(queue, autoAck: false);
        var delivered = await traces.NextAsync();
        Assert.Equal($"deliver.{queue}", delivered.Key);
        Assert.Equal(
            ["channel", "connection", "exchange_name", "node", "properties", "redelivered", "routing_keys", "user", "vhost"],
            delivered.Headers.Order(StringComparer.Ordinal));
        Assert.Equal(("x", 0), (delivered["exchange_name"], delivered["redelivered"]));
        Assert.Equal("hello", Encoding.UTF8.GetString(delivered.Body));

        await channel.BasicRejectAsync(message!.DeliveryTag, requeue: true);
        await TestConsumer.StartAsync(channel, queue);
        Assert.Equal(1, (await traces.NextAsync())["redelivered"]);
    }

    [Fact]
    public async Task Large_bodies_and_the_default_exchange_are_traced_too()
    {
        var (channel, traces) = await TraceAsync();
        var queue = await channel.DeclareQueueAsync();
        var body = new byte[300_000];
        Random.Shared.NextBytes(body);
        await channel.BasicPublishAsync("", queue, body);
        var published = await traces.NextAsync();
        Assert.Equal(("publish.", ""), (published.Key, published["exchange_name"]));
        Assert.Equal(body, published.Body);
    }

    [Fact]
    public async Task Tracing_that_is_off_copies_nothing()
    {
        var (channel, traces) = await TraceAsync();
        var queue = await channel.DeclareQueueAsync();
        await Administration.SetTracingAsync(_vhost, on: false);
        // RabbitMQ tells its channels without waiting for them.
        await Eventually.Holds(
            async () =>
            {
                var before = traces.ReceivedCount;
                await channel.PublishTextAsync("", queue, "unseen");
                await channel.TakeTextAsync(queue);
                return traces.ReceivedCount == before;
            }, nothing => nothing, "no more traces");
        var received = traces.ReceivedCount;
        for (var i = 0; i < 10; i++) await channel.PublishTextAsync("", queue, "unseen");
        Assert.Equal(10, (await channel.TakeAllAsync(queue)).Count);

        await Administration.SetTracingAsync(_vhost, on: true);
        await Eventually.Holds(
            async () =>
            {
                await channel.PublishTextAsync("", queue, "seen");
                return traces.ReceivedCount > received;
            }, something => something, "traces again");
        while (Encoding.UTF8.GetString((await traces.NextAsync()).Body) is not "seen")
        {
            // What was under way when tracing ended.
        }
    }

    private async Task<(IChannel Channel, TraceListener Traces)> TraceAsync()
    {
        await Administration.AddVhostAsync(_vhost);
        _cleanUp = () => Administration.DeleteVhostAsync(_vhost);
        await Administration.SetTracingAsync(_vhost, on: true);
        var factory = new ConnectionFactory { Uri = Broker.Uri, VirtualHost = _vhost };
        var connection = await factory.CreateConnectionAsync();
        var cleanUp = _cleanUp;
        _cleanUp = async () =>
        {
            await connection.DisposeAsync();
            await cleanUp();
        };
        var channel = await connection.CreateChannelAsync();
        var watching = await connection.CreateChannelAsync();
        var queue = await watching.DeclareBoundQueueAsync("amq.rabbitmq.trace", "#");
        return (channel, new TraceListener(await TestConsumer.StartAsync(watching, queue, autoAck: true)));
    }

    private sealed class TraceListener(TestConsumer consumer)
    {
        public int ReceivedCount => consumer.ReceivedCount;

        public async Task<Event> NextAsync() => new(await consumer.NextAsync());
    }
}

public sealed class TracingOnRabbitMq(RabbitMqFixture broker) : Tracing(broker);

public sealed class TracingOnHareMq(HareMqFixture broker) : Tracing(broker);
