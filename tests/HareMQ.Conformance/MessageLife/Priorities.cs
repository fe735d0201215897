using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.MessageLife;

/// <summary>RabbitMQ's x-max-priority.</summary>
public abstract class Priorities(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Higher_priority_goes_first_and_equals_keep_their_order()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-priority"] = 5 });
        foreach (var (text, priority) in new (string, byte?)[] { ("a", 1), ("b", 5), ("c", 1), ("d", null), ("e", 5), ("f", 0) })
            await PublishAsync(channel, queue, text, priority);
        Assert.Equal(["b", "e", "a", "c", "d", "f"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Priority_above_the_maximum_is_the_maximum()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-priority"] = 2 });
        await PublishAsync(channel, queue, "two", 2);
        await PublishAsync(channel, queue, "two hundred", 200);
        Assert.Equal(["two", "two hundred"], await channel.TakeAllAsync(queue));
        Assert.Equal(0u, await channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Priorities_go_up_to_255()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-priority"] = 255 });
        foreach (var priority in new byte[] { 0, 254, 128, 255, 1 }) await PublishAsync(channel, queue, $"{priority}", priority);
        Assert.Equal(["255", "254", "128", "1", "0"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Queue_without_priorities_ignores_them_and_passes_them_on()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await PublishAsync(channel, queue, "first", 0);
        await PublishAsync(channel, queue, "second", 9);
        Assert.Equal("first", await channel.TakeTextAsync(queue));
        Assert.Equal(9, (await channel.BasicGetAsync(queue, autoAck: true))!.BasicProperties.Priority);
    }

    [Fact]
    public async Task Length_limit_drops_the_head_and_that_is_the_highest_priority()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-priority"] = 5, ["x-max-length"] = 2 });
        await PublishAsync(channel, queue, "low", 1);
        await PublishAsync(channel, queue, "high", 5);
        await PublishAsync(channel, queue, "middle", 3);
        Assert.Equal(["middle", "low"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Requeued_message_goes_before_others_of_its_priority()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-priority"] = 5 });
        await PublishAsync(channel, queue, "first", 3);
        await PublishAsync(channel, queue, "second", 3);
        var first = await channel.BasicGetAsync(queue, autoAck: false);
        await PublishAsync(channel, queue, "high", 5);
        await channel.BasicNackAsync(first!.DeliveryTag, multiple: false, requeue: true);
        Assert.Equal(["high", "first", "second"], await channel.TakeAllAsync(queue));
    }

    private static async Task PublishAsync(IChannel channel, string queue, string text, byte? priority)
    {
        var properties = new BasicProperties();
        if (priority is { } value) properties.Priority = value;
        await channel.BasicPublishAsync("", queue, false, properties, Encoding.UTF8.GetBytes(text));
    }
}

public sealed class PrioritiesOnRabbitMq(RabbitMqFixture broker) : Priorities(broker);

public sealed class PrioritiesOnHareMq(HareMqFixture broker) : Priorities(broker);
