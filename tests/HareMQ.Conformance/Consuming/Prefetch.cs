using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Consuming;

/// <summary>AMQP 0-9-1 basic.qos as RabbitMQ reads it: per consumer, or shared by the channel.</summary>
public abstract class Prefetch(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Each_consumer_started_afterwards_has_the_limit_of_its_own()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 2, global: false);
        var first = await TestConsumer.StartAsync(channel, queue);
        var second = await TestConsumer.StartAsync(channel, queue);
        await first.NextAsync(2);
        await second.NextAsync(2);
        Assert.Equal(6u, await channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Later_limit_leaves_running_consumers_alone()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 1, global: false);
        var first = await TestConsumer.StartAsync(channel, queue);
        await first.NextAsync();
        await channel.BasicQosAsync(0, 3, global: false);
        Assert.Equal(9u, await channel.MessageCountAsync(queue));
        var second = await TestConsumer.StartAsync(channel, queue);
        await second.NextAsync(3);
        Assert.Equal(6u, await channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Ack_makes_room_for_the_next()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 1, global: false);
        var consumer = await TestConsumer.StartAsync(channel, queue);
        for (var n = 0; n < 10; n++)
        {
            var delivery = await consumer.NextAsync();
            Assert.Equal(($"{n}", n + 1), (delivery.Text, consumer.ReceivedCount));
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        }
    }

    [Fact]
    public async Task Global_limit_is_shared_by_the_channels_consumers()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 3, global: true);
        var first = await TestConsumer.StartAsync(channel, queue);
        var second = await TestConsumer.StartAsync(channel, queue);
        await Eventually.Equal(3, () => first.ReceivedCount + second.ReceivedCount);
        Assert.Equal(7u, await channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Both_limits_hold_together()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 2, global: false);
        await channel.BasicQosAsync(0, 3, global: true);
        var first = await TestConsumer.StartAsync(channel, queue);
        await first.NextAsync(2);
        var second = await TestConsumer.StartAsync(channel, queue);
        await second.NextAsync();
        Assert.Equal(7u, await channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Raised_global_limit_acts_at_once()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 1, global: true);
        var consumer = await TestConsumer.StartAsync(channel, queue);
        await consumer.NextAsync();
        await channel.BasicQosAsync(0, 4, global: true);
        await consumer.NextAsync(3);
        Assert.Equal(6u, await channel.MessageCountAsync(queue));
        await channel.BasicQosAsync(0, 0, global: true);
        await consumer.NextAsync(6);
    }

    [Fact]
    public async Task Zero_is_no_limit()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 1, global: false);
        await channel.BasicQosAsync(0, 0, global: false);
        await (await TestConsumer.StartAsync(channel, queue)).NextAsync(10);
    }

    [Fact]
    public async Task Consumer_without_acknowledgements_has_no_limit()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 1, global: false);
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        var deliveries = await consumer.NextAsync(10);
        Assert.Equal(Enumerable.Range(1, 10).Select(n => (ulong)n), deliveries.Select(delivery => delivery.DeliveryTag));
    }

    [Fact]
    public async Task Get_is_not_limited()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 1, global: true);
        for (var n = 0; n < 10; n++) Assert.NotNull(await channel.BasicGetAsync(queue, autoAck: false));
    }

    [Fact]
    public async Task Messages_beyond_one_consumers_limit_go_to_another()
    {
        var (channel, queue) = await PublishTenAsync();
        await channel.BasicQosAsync(0, 1, global: false);
        var slow = await TestConsumer.StartAsync(channel, queue);
        await slow.NextAsync();
        var fast = await TestConsumer.StartAsync(await OpenChannelAsync(), queue);
        await fast.NextAsync(9);
    }

    [Fact]
    public async Task Prefetch_size_is_540()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.BasicQos, arguments => arguments.Long(1000).Short(0).Bits(false));
        Assert.Equal(new WireClose(540, "NOT_IMPLEMENTED - prefetch_size!=0 (1000)", MethodId.BasicQos),
            await wire.ExpectConnectionCloseAsync());
    }

    private async Task<(IChannel Channel, string Queue)> PublishTenAsync()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, [.. Enumerable.Range(0, 10).Select(n => $"{n}")]);
        return (channel, queue);
    }
}

public sealed class PrefetchOnRabbitMq(RabbitMqFixture broker) : Prefetch(broker);

public sealed class PrefetchOnHareMq(HareMqFixture broker) : Prefetch(broker);
