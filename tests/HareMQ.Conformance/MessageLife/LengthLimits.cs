using HareMQ.Conformance.Harness;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Conformance.MessageLife;

/// <summary>RabbitMQ's x-max-length, x-max-length-bytes and x-overflow.</summary>
public abstract class LengthLimits(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Full_queue_drops_its_oldest_messages()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 3 });
        await channel.PublishTextsAsync(queue, "1", "2", "3", "4", "5");
        Assert.Equal(["3", "4", "5"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Bytes_are_those_of_the_bodies()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length-bytes"] = 10 });
        await channel.PublishTextsAsync(queue, "1111", "2222", "3333");
        Assert.Equal(["2222", "3333"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Message_above_the_byte_limit_empties_the_queue()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length-bytes"] = 10 });
        await channel.PublishTextsAsync(queue, "1111", "22222222222");
        Assert.Empty(await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Unacked_messages_do_not_count()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 2 });
        await channel.PublishTextsAsync(queue, "1", "2");
        var unacked = await channel.BasicGetAsync(queue, autoAck: false);
        await channel.PublishTextsAsync(queue, "3");
        await Eventually.Equal(2u, () => channel.MessageCountAsync(queue));
        await channel.BasicAckAsync(unacked!.DeliveryTag, multiple: false);
        Assert.Equal(["2", "3"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Bytes_and_number_hold_together()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 3, ["x-max-length-bytes"] = 10 });
        await channel.PublishTextsAsync(queue, "1", "2", "3", "4");
        await channel.PublishTextsAsync(queue, "123456789");
        Assert.Equal(["4", "123456789"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Full_queue_by_bytes_refuses_what_does_not_fit()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length-bytes"] = 10, ["x-overflow"] = "reject-publish" });
        await channel.PublishTextAsync("", queue, "123456");
        await Assert.ThrowsAnyAsync<PublishException>(() => channel.PublishTextAsync("", queue, "12345"));
        await channel.PublishTextAsync("", queue, "1234");
        Assert.Equal(["123456", "1234"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Message_that_comes_back_into_a_full_queue()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 1 });
        await channel.BasicQosAsync(0, 1, global: false);
        var consumer = await TestConsumer.StartAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "1", "2");
        await channel.BasicRejectAsync((await consumer.NextAsync()).DeliveryTag, requeue: true);
        Assert.Equal(Expected(rabbitMq310: "2", hareMq: "1"), (await consumer.NextAsync()).Text);
    }

    [Theory]
    [InlineData("reject-publish")]
    [InlineData("reject-publish-dlx")]
    public async Task Full_queue_may_refuse_instead(string overflow)
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 2, ["x-overflow"] = overflow });
        for (var n = 1; n <= 2; n++) await channel.PublishTextAsync("", queue, $"{n}");
        await Assert.ThrowsAnyAsync<PublishException>(() => channel.PublishTextAsync("", queue, "3"));
        Assert.Equal("1", await channel.TakeTextAsync(queue));
        await channel.PublishTextAsync("", queue, "4");
        Assert.Equal(["2", "4"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Message_refused_by_one_of_two_queues_is_nacked_and_in_the_other()
    {
        var setup = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await setup.ExchangeDeclareAsync(exchange, "fanout");
        var full = await setup.DeclareQueueAsync(new() { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });
        await setup.QueueBindAsync(full, exchange, "");
        var free = await setup.DeclareBoundQueueAsync(exchange);
        var channel = await OpenConfirmChannelAsync();
        await channel.PublishTextAsync(exchange, "", "1");
        await Assert.ThrowsAnyAsync<PublishException>(() => channel.PublishTextAsync(exchange, "", "2"));
        Assert.Equal(["1"], await setup.TakeAllAsync(full));
        Assert.Equal(["1", "2"], await setup.TakeAllAsync(free));
    }
}

public sealed class LengthLimitsOnRabbitMq(RabbitMqFixture broker) : LengthLimits(broker);

public sealed class LengthLimitsOnHareMq(HareMqFixture broker) : LengthLimits(broker);
