using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Consuming;

/// <summary>AMQP 0-9-1 basic.get: one message at a time.</summary>
public abstract class Getting(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Answer_counts_what_is_left()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "one", "two", "three");
        foreach (var (left, tag) in new[] { (2u, 1ul), (1u, 2ul), (0u, 3ul) })
        {
            var message = await channel.BasicGetAsync(queue, autoAck: false);
            Assert.Equal((left, tag, false), (message!.MessageCount, message.DeliveryTag, message.Redelivered));
        }
        Assert.Null(await channel.BasicGetAsync(queue, autoAck: false));
    }

    [Fact]
    public async Task Empty_queue_has_its_own_answer()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Get(1, queue));
        Assert.Equal("", (await wire.ExpectAsync(MethodId.BasicGetEmpty, 1)).Arguments().ShortString());
    }

    [Fact]
    public async Task Missing_queue_is_404()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no queue 'missing' in vhost '/'",
            () => channel.BasicGetAsync("missing", autoAck: true));
    }

    [Fact]
    public async Task Message_got_without_acknowledgement_is_gone_for_good()
    {
        var channel = await OpenChannelAsync();
        var other = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "one");
        Assert.Equal("one", await channel.TakeTextAsync(queue));
        await channel.CloseAsync();
        Assert.Equal(0u, await other.QueueDeleteAsync(queue));
    }
}

public sealed class GettingOnRabbitMq(RabbitMqFixture broker) : Getting(broker);

public sealed class GettingOnHareMq(HareMqFixture broker) : Getting(broker);
