using HareMQ.Conformance.Harness;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Conformance.MessageLife;

/// <summary>
/// RabbitMQ's time to live: of messages, by queue or by publisher, and of queues. Publishes are confirmed, because a count that is
/// asked for may overtake a message inside RabbitMQ.
/// </summary>
public abstract class Expiry(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Message_expires_after_the_queues_time()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-message-ttl"] = 50 });
        await channel.PublishTextsAsync(queue, "short-lived");
        await Eventually.Equal(0u, () => channel.MessageCountAsync(queue));
        Assert.Null(await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Message_expires_after_its_own_time()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await PublishAsync(channel, queue, "short-lived", expiration: "50");
        await channel.PublishTextsAsync(queue, "stays");
        await Eventually.Equal(1u, () => channel.MessageCountAsync(queue));
        Assert.Equal("stays", await channel.TakeTextAsync(queue));
    }

    [Theory]
    [InlineData(50, "600000")]
    [InlineData(600_000, "50")]
    public async Task Shorter_of_the_two_times_wins(int queueMilliseconds, string expiration)
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-message-ttl"] = queueMilliseconds });
        await PublishAsync(channel, queue, "short-lived", expiration);
        await Eventually.Equal(0u, () => channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Time_zero_is_for_a_consumer_that_waits_and_for_nobody_else()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-message-ttl"] = 0 });
        await channel.PublishTextsAsync(queue, "too early");
        Assert.Null(await channel.TakeTextAsync(queue));
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        await channel.PublishTextsAsync(queue, "in time");
        Assert.Equal("in time", (await consumer.NextAsync()).Text);
    }

    [Fact]
    public async Task Expiration_zero_is_for_a_consumer_that_waits_and_for_nobody_else()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await PublishAsync(channel, queue, "too early", expiration: "0");
        Assert.Null(await channel.TakeTextAsync(queue));
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        await PublishAsync(channel, queue, "in time", expiration: "0");
        Assert.Equal("in time", (await consumer.NextAsync()).Text);
    }

    [Fact]
    public async Task Message_behind_one_that_lives_longer_is_never_delivered()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "stays");
        await PublishAsync(channel, queue, "short-lived", expiration: "50");
        await channel.PublishTextsAsync(queue, "last");
        await TimePassesAsync(channel, 100);
        Assert.Equal(["stays", "last"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Message_that_becomes_the_head_because_another_had_no_room_expires()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 1 });
        await channel.PublishTextsAsync(queue, "dropped");
        await PublishAsync(channel, queue, "short-lived", expiration: "50");
        await Eventually.Equal(0u, () => channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Delivered_message_keeps_its_expiration()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await PublishAsync(channel, queue, "long-lived", expiration: "600000");
        Assert.Equal("600000", (await channel.BasicGetAsync(queue, autoAck: true))!.BasicProperties.Expiration);
    }

    [Fact]
    public async Task Requeued_message_expires_by_its_first_time()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-message-ttl"] = 300 });
        await channel.PublishTextsAsync(queue, "held");
        var message = await channel.BasicGetAsync(queue, autoAck: false);
        await channel.BasicNackAsync(message!.DeliveryTag, multiple: false, requeue: true);
        await Eventually.Equal(0u, () => channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Unused_queue_expires()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = NewQueueName();
        await DeclareExpiringAsync(channel, queue, 100);
        // Asking for the queue would renew it; a mandatory message comes back once it is gone.
        await Eventually.Equal(true, async () =>
        {
            try
            {
                await channel.PublishTextAsync("", queue, "still there?", mandatory: true);
                return false;
            }
            catch (PublishException exception)
            {
                return exception.IsReturn;
            }
        });
    }

    [Fact]
    public async Task Queue_that_is_declared_again_or_read_does_not_expire()
    {
        const int ExpiresMs = 1500;
        var channel = await OpenChannelAsync();
        var arguments = new Dictionary<string, object?> { ["x-expires"] = ExpiresMs };
        var (declared, read) = (NewQueueName("declared"), NewQueueName("read"));
        foreach (var queue in (string[])[declared, read]) await DeclareAsync(queue);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(ExpiresMs / 5));
        for (var ticks = 0; ticks < 8; ticks++)
        {
            await tick.WaitForNextTickAsync();
            await DeclareAsync(declared);
            Assert.Null(await channel.BasicGetAsync(read, autoAck: true));
        }

        Task DeclareAsync(string queue) => channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false, arguments);
    }

    [Fact]
    public async Task Consumed_queue_does_not_expire()
    {
        var channel = await OpenConfirmChannelAsync();
        var consumed = NewQueueName();
        await DeclareExpiringAsync(channel, consumed, 100);
        await TestConsumer.StartAsync(channel, consumed);
        await TimePassesAsync(channel, 500);
        Assert.Equal(1u, await channel.ConsumerCountAsync(consumed));
    }

    [Theory]
    [InlineData("declare")]
    [InlineData("declare passively")]
    [InlineData("get")]
    public async Task Queue_in_use_does_not_expire(string use)
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = NewQueueName();
        await DeclareExpiringAsync(channel, queue, 1500);
        await channel.PublishTextsAsync(queue, "kept");
        await TimePassesAsync(channel, 3000, meanwhile: async () =>
        {
            if (use == "declare") await DeclareExpiringAsync(channel, queue, 1500);
            else if (use == "declare passively") await channel.QueueDeclarePassiveAsync(queue);
            else Assert.NotNull(await GetBackAsync(channel, queue));
        });
        Assert.Equal("kept", await channel.TakeTextAsync(queue));
    }

    /// <summary>A message that lives so long is the clock.</summary>
    private static async Task TimePassesAsync(IChannel channel, int milliseconds, Func<Task>? meanwhile = null)
    {
        var clock = await channel.DeclareQueueAsync(new() { ["x-message-ttl"] = milliseconds });
        await channel.PublishTextsAsync(clock, "tick");
        await Eventually.Equal(0u, async () =>
        {
            if (meanwhile is not null) await meanwhile();
            return await channel.MessageCountAsync(clock);
        });
    }

    private static async Task<BasicGetResult?> GetBackAsync(IChannel channel, string queue)
    {
        var message = await channel.BasicGetAsync(queue, autoAck: false);
        if (message is not null) await channel.BasicRejectAsync(message.DeliveryTag, requeue: true);
        return message;
    }

    private static async Task PublishAsync(IChannel channel, string queue, string text, string expiration) =>
        await channel.BasicPublishAsync("", queue, false, new BasicProperties { Expiration = expiration },
            System.Text.Encoding.UTF8.GetBytes(text));

    private static Task DeclareExpiringAsync(IChannel channel, string queue, int milliseconds) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-expires"] = milliseconds });
}

public sealed class ExpiryOnRabbitMq(RabbitMqFixture broker) : Expiry(broker);

public sealed class ExpiryOnHareMq(HareMqFixture broker) : Expiry(broker);
