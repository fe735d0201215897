using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Consuming;

/// <summary>AMQP 0-9-1 basic.consume and basic.cancel.</summary>
public abstract class Consumers(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Consumer_without_a_tag_gets_one()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var consumer = await TestConsumer.StartAsync(channel, queue);
        Assert.Matches("^amq\\.ctag-[A-Za-z0-9_-]{22}$", consumer.ConsumerTag);
    }

    [Fact]
    public async Task Delivery_names_its_consumer_exchange_and_key()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareBoundQueueAsync("amq.topic", $"{Guid.NewGuid()}.#");
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "topic");
        await channel.QueueBindAsync(queue, exchange, "orders.*");
        var consumer = await TestConsumer.StartAsync(channel, queue, consumerTag: "my tag");
        await channel.PublishTextAsync(exchange, "orders.new", "hello");
        var delivery = await consumer.NextAsync();
        Assert.Equal(("my tag", 1ul, false, exchange, "orders.new", "hello"),
            (delivery.ConsumerTag, delivery.DeliveryTag, delivery.Redelivered, delivery.Exchange, delivery.RoutingKey, delivery.Text));
    }

    [Fact]
    public async Task Consume_ok_comes_before_the_first_delivery()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Publish(1, "", queue, [1]), WireClient.Consume(1, queue, "tag"));
        Assert.Equal("tag", (await wire.ExpectAsync(MethodId.BasicConsumeOk, 1)).Arguments().ShortString());
        await wire.ExpectContentAsync(MethodId.BasicDeliver, 1);
    }

    [Fact]
    public async Task Consume_without_wait_is_answered_by_deliveries_alone()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Consume(1, queue, "tag", noWait: true), WireClient.Publish(1, "", queue, [1]));
        Assert.Equal("tag", (await wire.ExpectContentAsync(MethodId.BasicDeliver, 1)).Method.Arguments().ShortString());
    }

    [Fact]
    public async Task Tag_in_use_on_the_channel_is_530_for_the_connection()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Consume(1, queue, "tag"));
        await wire.ExpectAsync(MethodId.BasicConsumeOk, 1);
        await wire.SendAsync(WireClient.Consume(1, queue, "tag"));
        Assert.Equal(
            new WireClose(530, "NOT_ALLOWED - attempt to reuse consumer tag 'tag'", MethodId.BasicConsume),
            await wire.ExpectConnectionCloseAsync());
    }

    [Fact]
    public async Task Same_tag_on_two_channels_is_two_consumers()
    {
        var (one, two) = (await OpenChannelAsync(), await OpenChannelAsync());
        var queue = await one.DeclareQueueAsync();
        await TestConsumer.StartAsync(one, queue, consumerTag: "tag");
        await TestConsumer.StartAsync(two, queue, consumerTag: "tag");
        Assert.Equal(2u, await one.ConsumerCountAsync(queue));
    }

    [Fact]
    public async Task Missing_queue_is_404()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404,
            "NOT_FOUND - no queue 'missing' in vhost '/'", () => TestConsumer.StartAsync(channel, "missing"));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Exclusive_consumer_and_another_are_403(bool firstExclusive, bool secondExclusive)
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await TestConsumer.StartAsync(channel, queue, exclusive: firstExclusive);
        var other = await OpenChannelAsync();
        await ExpectChannelErrorAsync(other, 403, $"ACCESS_REFUSED - queue '{queue}' in vhost '/' in exclusive use",
            () => TestConsumer.StartAsync(other, queue, exclusive: secondExclusive));
    }

    [Fact]
    public async Task Cancelled_exclusive_consumer_leaves_the_queue_free()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var first = await TestConsumer.StartAsync(channel, queue, exclusive: true);
        await channel.BasicCancelAsync(first.ConsumerTag);
        await TestConsumer.StartAsync(channel, queue, exclusive: true);
    }

    [Fact]
    public async Task Consumers_take_turns()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var consumers = new List<TestConsumer>();
        for (var n = 0; n < 3; n++) consumers.Add(await TestConsumer.StartAsync(await OpenChannelAsync(), queue, autoAck: true));
        for (var n = 0; n < 30; n++)
        {
            await channel.PublishTextsAsync(queue, $"{n}");
            await Eventually.Equal(n + 1, () => consumers.Sum(consumer => consumer.ReceivedCount));
        }
        Assert.Equal([10, 10, 10], consumers.Select(consumer => consumer.ReceivedCount));
    }

    [Fact]
    public async Task Consumer_of_higher_priority_is_served_first()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.BasicQosAsync(0, 1, global: false);
        var low = await TestConsumer.StartAsync(channel, queue, arguments: new Dictionary<string, object?> { ["x-priority"] = -1 });
        var high = await TestConsumer.StartAsync(channel, queue, arguments: new Dictionary<string, object?> { ["x-priority"] = 5 });
        await channel.PublishTextsAsync(queue, "first", "second");
        Assert.Equal("first", (await high.NextAsync()).Text);
        Assert.Equal("second", (await low.NextAsync()).Text);
    }

    [Fact]
    public async Task Cancelled_consumer_gets_no_more_and_may_still_ack()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.BasicQosAsync(0, 1, global: false);
        var consumer = await TestConsumer.StartAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "one", "two");
        var delivery = await consumer.NextAsync();
        await channel.BasicCancelAsync(consumer.ConsumerTag);
        Assert.Equal(1u, await channel.MessageCountAsync(queue));
        await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        Assert.Equal("two", await channel.TakeTextAsync(queue));
        Assert.Equal(1, consumer.ReceivedCount);
    }

    [Fact]
    public async Task Cancelling_an_unknown_tag_succeeds()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.BasicCancel, arguments => arguments.ShortString("unknown").Bits(false));
        Assert.Equal("unknown", (await wire.ExpectAsync(MethodId.BasicCancelOk, 1)).Arguments().ShortString());
    }

    [Fact]
    public async Task Cancel_without_wait_has_no_answer()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Consume(1, queue, "tag", noWait: true));
        await wire.SendMethodAsync(1, MethodId.BasicCancel, arguments => arguments.ShortString("tag").Bits(true));
        await wire.SendAsync(WireClient.Publish(1, "", queue, [1]), WireClient.Get(1, queue));
        await wire.ExpectContentAsync(MethodId.BasicGetOk, 1);
    }

    [Fact]
    public async Task Consumer_hears_that_its_queue_was_deleted()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var consumer = await TestConsumer.StartAsync(channel, queue);
        await (await OpenChannelAsync()).QueueDeleteAsync(queue);
        Assert.Equal(consumer.ConsumerTag, await consumer.CancelledByServerAsync());
        Assert.True(channel.IsOpen);
    }

    [Fact]
    public async Task Client_that_cannot_be_notified_is_not()
    {
        var wire = await OpenWireChannelAsync(new WireHandshake { ClientProperties = WireHandshake.NoCapabilities });
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Consume(1, queue, "tag", noWait: true));
        await wire.SendMethodAsync(1, MethodId.QueueDelete, arguments => arguments.Short(0).ShortString(queue).Bits(false, false, false));
        await wire.ExpectAsync(MethodId.QueueDeleteOk, 1);
        await wire.CloseChannelAsync(1);
    }

    [Fact]
    public async Task Queue_counts_its_consumers()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var first = await TestConsumer.StartAsync(channel, queue);
        await TestConsumer.StartAsync(channel, queue);
        Assert.Equal(2u, await channel.ConsumerCountAsync(queue));
        await channel.BasicCancelAsync(first.ConsumerTag);
        Assert.Equal(1u, await channel.ConsumerCountAsync(queue));
    }

    [Fact]
    public async Task Only_the_active_consumer_of_a_single_active_queue_is_served()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-single-active-consumer"] = true });
        var first = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        var second = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        await channel.PublishTextsAsync(queue, "1", "2", "3");
        Assert.Equal(["1", "2", "3"], (await first.NextAsync(3)).Select(delivery => delivery.Text));
        await channel.BasicCancelAsync(first.ConsumerTag);
        await channel.PublishTextsAsync(queue, "4");
        Assert.Equal("4", (await second.NextAsync()).Text);
        Assert.Equal(1, second.ReceivedCount);
    }

    [Fact]
    public async Task Channel_flow_on_is_answered_and_off_is_540()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.ChannelFlow, arguments => arguments.Bits(true));
        Assert.Equal(1, (await wire.ExpectAsync(MethodId.ChannelFlowOk, 1)).Arguments().Octet());
        await wire.SendMethodAsync(1, MethodId.ChannelFlow, arguments => arguments.Bits(false));
        Assert.Equal(new WireClose(540, "NOT_IMPLEMENTED - active=false", MethodId.ChannelFlow), await wire.ExpectConnectionCloseAsync());
    }

    [Fact]
    public async Task Access_request_of_old_clients_is_answered_with_a_ticket()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.AccessRequest,
            arguments => arguments.ShortString("/data").Bits(false, false, true, true, true));
        Assert.Equal(1, (await wire.ExpectAsync(MethodId.AccessRequestOk, 1)).Arguments().Short());
    }
}

public sealed class ConsumersOnRabbitMq(RabbitMqFixture broker) : Consumers(broker);

public sealed class ConsumersOnHareMq(HareMqFixture broker) : Consumers(broker);
