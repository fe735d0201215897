using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Consuming;

/// <summary>Which consumer is served: priorities, and the single active one.</summary>
public abstract class ServedConsumers(BrokerFixture broker) : ConformanceTest(broker)
{
    [Theory]
    [InlineData("cancelled")]
    [InlineData("its channel closed")]
    [InlineData("its connection closed")]
    public async Task Next_consumer_takes_over_when_the_active_one_goes(string reason)
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = NewQueueName();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-single-active-consumer"] = true });
        var connection = await ConnectAsync();
        var active = await OpenChannelAsync(connection);
        var first = await TestConsumer.StartAsync(active, queue);
        var second = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        await channel.PublishTextsAsync(queue, "1");
        var held = await first.NextAsync();
        if (reason == "cancelled")
        {
            await active.BasicCancelAsync(first.ConsumerTag);
            await channel.PublishTextsAsync(queue, "2");
            Assert.Equal("2", (await second.NextAsync()).Text);
            await active.BasicAckAsync(held.DeliveryTag, multiple: false);
            return;
        }

        if (reason == "its channel closed") await active.CloseAsync();
        else await connection.CloseAsync();
        await channel.PublishTextsAsync(queue, "2");
        var deliveries = await second.NextAsync(2);
        Assert.Equal([("1", true), ("2", false)], deliveries.Select(delivery => (delivery.Text, delivery.Redelivered)));
    }

    [Fact]
    public async Task Single_active_consumer_stays_when_one_of_higher_priority_comes()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-single-active-consumer"] = true });
        var first = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        var second = await TestConsumer.StartAsync(channel, queue, autoAck: true, arguments: Priority(10));
        await channel.PublishTextsAsync(queue, "1");
        Assert.Equal("1", (await first.NextAsync()).Text);
        Assert.Equal(0, second.ReceivedCount);
    }

    [Fact]
    public async Task Exclusive_consumer_of_a_single_active_queue_is_403()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-single-active-consumer"] = true });
        await ExpectChannelErrorAsync(channel, 403,
            $"ACCESS_REFUSED - queue '{queue}' in vhost '/' in exclusive use",
            () => TestConsumer.StartAsync(channel, queue, exclusive: true));
    }

    [Fact]
    public async Task Consumer_of_lower_priority_gets_what_the_others_have_no_room_for()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.BasicQosAsync(0, 1, global: false);
        var low = await TestConsumer.StartAsync(channel, queue, arguments: Priority(-5));
        var middle = await TestConsumer.StartAsync(channel, queue);
        var high = await TestConsumer.StartAsync(channel, queue, arguments: Priority(5));
        await channel.PublishTextsAsync(queue, "1", "2", "3");
        Assert.Equal("1", (await high.NextAsync()).Text);
        Assert.Equal("2", (await middle.NextAsync()).Text);
        Assert.Equal("3", (await low.NextAsync()).Text);
    }

    [Fact]
    public async Task Priority_that_is_no_number_is_406()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - invalid arg 'x-priority' for queue '{queue}' in vhost '/': \"expected integer, got longstr\"",
            () => TestConsumer.StartAsync(channel, queue, arguments: new Dictionary<string, object?> { ["x-priority"] = "high" }));
    }

    private static Dictionary<string, object?> Priority(int priority) => new() { ["x-priority"] = priority };
}

public sealed class ServedConsumersOnRabbitMq(RabbitMqFixture broker) : ServedConsumers(broker);

public sealed class ServedConsumersOnHareMq(HareMqFixture broker) : ServedConsumers(broker);
