using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Publishing;

/// <summary>AMQP 0-9-1 basic.publish and basic.return.</summary>
public abstract class PublishingMessages(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Unroutable_message_is_dropped_silently()
    {
        var channel = await OpenChannelAsync();
        await channel.PublishTextAsync("amq.direct", "nobody-bound-this", "lost");
        await channel.DeclareQueueAsync();
        Assert.True(channel.IsOpen);
    }

    [Fact]
    public async Task Unroutable_mandatory_message_comes_back_whole()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(
            WireClient.PublishMethod(1, "amq.topic", "no.where", mandatory: true),
            WireWriter.Header(1, 5, properties => properties.Short(1 << 15 | 1 << 7).ShortString("text/plain").ShortString("id-1")),
            WireWriter.Body(1, "hello"u8));
        var returned = await wire.ExpectContentAsync(MethodId.BasicReturn, 1);
        var arguments = returned.Method.Arguments();
        Assert.Equal((312, "NO_ROUTE", "amq.topic", "no.where"),
            (arguments.Short(), arguments.ShortString(), arguments.ShortString(), arguments.ShortString()));
        var header = new WireReader(returned.Header);
        Assert.Equal((60, 0, 5ul, 1 << 15 | 1 << 7), (header.Short(), header.Short(), header.LongLong(), header.Short()));
        Assert.Equal(("text/plain", "id-1"), (header.ShortString(), header.ShortString()));
        Assert.Equal("hello"u8.ToArray(), returned.Body);
    }

    [Fact]
    public async Task Routed_mandatory_message_does_not_come_back()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Publish(1, "", queue, [1], mandatory: true), WireClient.Get(1, queue, noAck: true));
        await wire.ExpectContentAsync(MethodId.BasicGetOk, 1);
    }

    [Fact]
    public async Task Missing_exchange_is_404_and_costs_one_channel()
    {
        var (channel, other) = (await OpenChannelAsync(), await OpenChannelAsync());
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no exchange 'missing' in vhost '/'",
            () => channel.PublishTextAsync("missing", "key", "lost"));
        await other.DeclareQueueAsync();
    }

    [Fact]
    public async Task Internal_exchange_is_403()
    {
        var channel = await OpenChannelAsync();
        var wire = await OpenWireChannelAsync();
        var exchange = NewExchangeName();
        await wire.SendMethodAsync(1, MethodId.ExchangeDeclare, arguments => arguments
            .Short(0).ShortString(exchange).ShortString("fanout").Bits(false, false, false, true, false).EmptyTable());
        await wire.ExpectAsync(MethodId.ExchangeDeclareOk, 1);
        await ExpectChannelErrorAsync(channel, 403, $"ACCESS_REFUSED - cannot publish to internal exchange '{exchange}' in vhost '/'",
            () => channel.PublishTextAsync(exchange, "", "refused"));
    }

    [Fact]
    public async Task Internal_exchange_takes_messages_from_another_exchange()
    {
        var channel = await OpenChannelAsync();
        var wire = await OpenWireChannelAsync();
        var (source, inner) = (NewExchangeName(), NewExchangeName());
        await wire.SendMethodAsync(1, MethodId.ExchangeDeclare, arguments => arguments
            .Short(0).ShortString(inner).ShortString("fanout").Bits(false, false, false, true, false).EmptyTable());
        await wire.ExpectAsync(MethodId.ExchangeDeclareOk, 1);
        await channel.ExchangeDeclareAsync(source, "fanout");
        await channel.ExchangeBindAsync(inner, source, "");
        var queue = await channel.DeclareBoundQueueAsync(inner);
        await channel.PublishTextAsync(source, "", "inside");
        Assert.Equal("inside", await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Immediate_is_540_for_the_connection()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.Publish(1, "", "nowhere", [1], immediate: true));
        Assert.Equal(new WireClose(540, "NOT_IMPLEMENTED - immediate=true", MethodId.BasicPublish),
            await wire.ExpectConnectionCloseAsync());
    }

    [Fact]
    public async Task User_id_of_the_publisher_is_accepted_and_kept()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.BasicPublishAsync("", queue, false, new BasicProperties { UserId = "guest" }, "mine"u8.ToArray());
        Assert.Equal("guest", (await channel.BasicGetAsync(queue, autoAck: true))!.BasicProperties.UserId);
    }

    [Fact]
    public async Task User_id_of_somebody_else_is_406()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await ExpectChannelErrorAsync(channel, 406,
            "PRECONDITION_FAILED - user_id property set to 'admin' but authenticated user was 'guest'",
            () => channel.BasicPublishAsync("", queue, false, new BasicProperties { UserId = "admin" }, "forged"u8.ToArray()).AsTask());
    }

    [Theory]
    [InlineData("soon", "no_integer")]
    [InlineData("", "no_integer")]
    [InlineData("10s", "{leftover_string,\"s\"}")]
    [InlineData("-1", "{value_negative,-1}")]
    [InlineData("315360000001", "{value_too_large,315360000001}")]
    public async Task Expiration_that_is_no_time_is_406(string expiration, string reason)
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await ExpectChannelErrorAsync(channel, 406, $"PRECONDITION_FAILED - invalid expiration '{expiration}': {reason}",
            () => channel.BasicPublishAsync("", queue, false, new BasicProperties { Expiration = expiration }, "x"u8.ToArray()).AsTask());
    }

    [Theory]
    [InlineData(131_072 - 8)]
    [InlineData(131_072 - 7)]
    [InlineData(1_000_000)]
    [InlineData(16_777_216)]
    public async Task Large_body_arrives_unchanged(int bytes)
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var body = new byte[bytes];
        new Random(bytes).NextBytes(body);
        await channel.BasicPublishAsync("", queue, false, new BasicProperties(), body);
        var message = await channel.BasicGetAsync(queue, autoAck: true);
        Assert.True(message!.Body.Span.SequenceEqual(body));
    }

    /// <summary>From a backlog, then to a consumer that waits, then once more because it was given back.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Large_bodies_among_small_ones_are_delivered_unchanged(bool autoAck)
    {
        int[] sizes = [20_000, 1, 70_000, 600_000, 0, 3_000_000, 10, 200_000];
        var bodies = sizes.Select(size =>
        {
            var body = new byte[size];
            new Random(size).NextBytes(body);
            return Convert.ToHexString(body);
        }).ToArray();
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await PublishAllAsync();
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck);
        Assert.Equal(bodies, (await consumer.NextAsync(sizes.Length)).Select(delivery => delivery.Text));
        await PublishAllAsync();
        Assert.Equal(bodies, (await consumer.NextAsync(sizes.Length)).Select(delivery => delivery.Text));
        if (autoAck) return;
        await channel.BasicNackAsync(0, multiple: true, requeue: true);
        Assert.Equal([.. bodies, .. bodies], (await consumer.NextAsync(2 * sizes.Length)).Select(delivery => delivery.Text));

        async Task PublishAllAsync()
        {
            foreach (var body in bodies) await channel.PublishTextAsync("", queue, body);
        }
    }

    [Fact]
    public async Task Body_above_the_protocols_limit_is_refused_by_its_header()
    {
        SkipOnRabbitMq("waits for a body of any announced size");
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.PublishMethod(1, "", "nowhere"), WireWriter.Header(1, 536_870_913));
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(501, close.Code);
        Assert.Equal("FRAME_ERROR - content body size 536870913 exceeds maximum allowed size 536870912", close.Text);
    }

    [Fact]
    public async Task Order_of_one_channel_is_kept()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var texts = Enumerable.Range(0, 500).Select(n => $"{n}").ToArray();
        await channel.PublishTextsAsync(queue, texts);
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        Assert.Equal(texts, (await consumer.NextAsync(500)).Select(delivery => delivery.Text));
    }
}

public sealed class PublishingMessagesOnRabbitMq(RabbitMqFixture broker) : PublishingMessages(broker);

public sealed class PublishingMessagesOnHareMq(HareMqFixture broker) : PublishingMessages(broker);
