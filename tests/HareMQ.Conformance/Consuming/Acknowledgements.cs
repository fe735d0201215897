using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Consuming;

/// <summary>AMQP 0-9-1 basic.ack, reject, recover, and RabbitMQ's basic.nack.</summary>
public abstract class Acknowledgements(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Acked_message_is_gone()
    {
        var (channel, queue, tags) = await GetAsync("one");
        await channel.BasicAckAsync(tags[0], multiple: false);
        Assert.Equal(0u, await CountAfterCloseAsync(channel, queue));
    }

    [Fact]
    public async Task Ack_of_several_covers_all_up_to_its_tag()
    {
        var (channel, queue, tags) = await GetAsync("one", "two", "three", "four");
        await channel.BasicAckAsync(tags[2], multiple: true);
        Assert.Equal(1u, await CountAfterCloseAsync(channel, queue));
    }

    [Fact]
    public async Task Ack_of_several_skips_what_was_settled_before()
    {
        var (channel, queue, tags) = await GetAsync("one", "two", "three", "four");
        await channel.BasicAckAsync(tags[1], multiple: false);
        await channel.BasicAckAsync(tags[2], multiple: true);
        Assert.Equal(1u, await CountAfterCloseAsync(channel, queue));
    }

    [Fact]
    public async Task Tag_zero_with_multiple_is_everything_outstanding()
    {
        var (channel, queue, _) = await GetAsync("one", "two", "three");
        await channel.BasicAckAsync(0, multiple: true);
        Assert.Equal(0u, await CountAfterCloseAsync(channel, queue));
    }

    [Fact]
    public async Task Tag_zero_with_multiple_and_nothing_outstanding_is_no_error()
    {
        var channel = await OpenChannelAsync();
        await channel.BasicAckAsync(0, multiple: true);
        await channel.DeclareQueueAsync();
    }

    [Theory]
    [InlineData(0ul, false)]
    [InlineData(7ul, false)]
    [InlineData(7ul, true)]
    public async Task Unknown_tag_is_406(ulong tag, bool multiple)
    {
        var (channel, _, _) = await GetAsync("one");
        await ExpectChannelErrorAsync(channel, 406, $"PRECONDITION_FAILED - unknown delivery tag {tag}",
            () => channel.BasicAckAsync(tag, multiple).AsTask());
    }

    [Theory]
    [InlineData("ack")]
    [InlineData("nack")]
    [InlineData("reject")]
    public async Task Tag_settled_twice_is_406(string second)
    {
        var (channel, _, tags) = await GetAsync("one", "two");
        await channel.BasicAckAsync(tags[0], multiple: false);
        await ExpectChannelErrorAsync(channel, 406, $"PRECONDITION_FAILED - unknown delivery tag {tags[0]}", () => second switch
        {
            "ack" => channel.BasicAckAsync(tags[0], multiple: false).AsTask(),
            "nack" => channel.BasicNackAsync(tags[0], multiple: false, requeue: true).AsTask(),
            _ => channel.BasicRejectAsync(tags[0], requeue: true).AsTask(),
        });
    }

    [Fact]
    public async Task Delivery_without_acknowledgement_has_a_tag_that_cannot_be_acked()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "one", "two");
        Assert.Equal(1ul, (await channel.BasicGetAsync(queue, autoAck: true))!.DeliveryTag);
        Assert.Equal(2ul, (await channel.BasicGetAsync(queue, autoAck: false))!.DeliveryTag);
        await ExpectChannelErrorAsync(channel, 406, "PRECONDITION_FAILED - unknown delivery tag 1",
            () => channel.BasicAckAsync(1, multiple: false).AsTask());
    }

    [Fact]
    public async Task Tag_of_another_channel_is_unknown()
    {
        var (_, _, tags) = await GetAsync("one");
        var other = await OpenChannelAsync();
        await ExpectChannelErrorAsync(other, 406, $"PRECONDITION_FAILED - unknown delivery tag {tags[0]}",
            () => other.BasicAckAsync(tags[0], multiple: false).AsTask());
    }

    [Fact]
    public async Task Tags_are_shared_by_get_and_deliver()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "one", "two");
        Assert.Equal(1ul, (await channel.BasicGetAsync(queue, autoAck: false))!.DeliveryTag);
        var consumer = await TestConsumer.StartAsync(channel, queue);
        Assert.Equal(2ul, (await consumer.NextAsync()).DeliveryTag);
    }

    [Fact]
    public async Task Requeued_message_comes_back_to_its_place_as_redelivered()
    {
        var (channel, queue, tags) = await GetAsync("one", "two", "three");
        await channel.PublishTextsAsync(queue, "four");
        await channel.BasicRejectAsync(tags[1], requeue: true);
        await channel.BasicNackAsync(tags[0], multiple: false, requeue: true);
        foreach (var (text, redelivered) in new[] { ("one", true), ("two", true), ("four", false) })
        {
            var message = await channel.BasicGetAsync(queue, autoAck: true);
            Assert.Equal((text, redelivered), (message!.Text(), message!.Redelivered));
        }
        await channel.BasicNackAsync(tags[2], multiple: false, requeue: true);
        Assert.Equal("three", await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Nack_of_several_requeues_them_in_order()
    {
        var (channel, queue, tags) = await GetAsync("one", "two", "three");
        await channel.BasicNackAsync(tags[2], multiple: true, requeue: true);
        Assert.Equal(["one", "two", "three"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Nack_of_tag_zero_requeues_everything()
    {
        var (channel, queue, _) = await GetAsync("one", "two", "three");
        await channel.BasicNackAsync(0, multiple: true, requeue: true);
        Assert.Equal(["one", "two", "three"], await channel.TakeAllAsync(queue));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_rejected_without_requeue_is_dropped(bool nack)
    {
        var (channel, queue, tags) = await GetAsync("one");
        await (nack ? channel.BasicNackAsync(tags[0], multiple: false, requeue: false) : channel.BasicRejectAsync(tags[0], requeue: false));
        Assert.Equal(0u, await CountAfterCloseAsync(channel, queue));
    }

    [Fact]
    public async Task Requeued_delivery_goes_to_a_consumer_again()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var consumer = await TestConsumer.StartAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "again");
        await channel.BasicNackAsync((await consumer.NextAsync()).DeliveryTag, multiple: false, requeue: true);
        var second = await consumer.NextAsync();
        Assert.Equal(("again", true, 2ul), (second.Text, second.Redelivered, second.DeliveryTag));
    }

    [Fact]
    public async Task Unacked_message_is_offered_again_after_its_channel_closed()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "orphan");
        var first = await OpenChannelAsync();
        await (await TestConsumer.StartAsync(first, queue)).NextAsync();
        await first.CloseAsync();
        var second = await (await TestConsumer.StartAsync(channel, queue)).NextAsync();
        Assert.Equal(("orphan", true), (second.Text, second.Redelivered));
    }

    [Fact]
    public async Task Recover_gives_back_what_is_outstanding()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Publish(1, "", queue, [1]), WireClient.Publish(1, "", queue, [2]));
        foreach (byte n in new byte[] { 1, 2 })
        {
            await wire.SendAsync(WireClient.Get(1, queue));
            Assert.Equal([n], (await wire.ExpectContentAsync(MethodId.BasicGetOk, 1)).Body);
        }
        await wire.SendMethodAsync(1, MethodId.BasicRecover, arguments => arguments.Bits(true));
        await wire.ExpectAsync(MethodId.BasicRecoverOk, 1);
        await ExpectRedeliveredAsync(wire, queue);
    }

    [Fact]
    public async Task Recover_async_does_the_same_without_an_answer()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Publish(1, "", queue, [1]), WireClient.Publish(1, "", queue, [2]));
        for (var n = 0; n < 2; n++)
        {
            await wire.SendAsync(WireClient.Get(1, queue));
            await wire.ExpectContentAsync(MethodId.BasicGetOk, 1);
        }
        await wire.SendMethodAsync(1, MethodId.BasicRecoverAsync, arguments => arguments.Bits(true));
        await ExpectRedeliveredAsync(wire, queue);
    }

    [Fact]
    public async Task Recover_without_requeue_is_540()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.BasicRecover, arguments => arguments.Bits(false));
        Assert.Equal(new WireClose(540, "NOT_IMPLEMENTED - requeue=false", MethodId.BasicRecover), await wire.ExpectConnectionCloseAsync());
    }

    private static async Task ExpectRedeliveredAsync(WireClient wire, string queue)
    {
        for (byte n = 1; n <= 2; n++)
        {
            await wire.SendAsync(WireClient.Get(1, queue, noAck: true));
            var message = await wire.ExpectContentAsync(MethodId.BasicGetOk, 1);
            var arguments = message.Method.Arguments();
            Assert.Equal((2ul + n, 1), (arguments.LongLong(), arguments.Octet()));
            Assert.Equal([n], message.Body);
        }
    }

    /// <summary>Publishes the texts and gets them without acknowledging.</summary>
    private async Task<(IChannel Channel, string Queue, ulong[] Tags)> GetAsync(params string[] texts)
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, texts);
        var tags = new List<ulong>();
        foreach (var text in texts)
        {
            var message = await channel.BasicGetAsync(queue, autoAck: false);
            Assert.NotNull(message);
            Assert.Equal(text, message.Text());
            tags.Add(message.DeliveryTag);
        }
        return (channel, queue, [.. tags]);
    }

    /// <summary>What the closed channel had not settled is ready again.</summary>
    private async Task<uint> CountAfterCloseAsync(IChannel channel, string queue)
    {
        var other = await OpenChannelAsync();
        await channel.CloseAsync();
        return await other.QueueDeleteAsync(queue);
    }
}

public sealed class AcknowledgementsOnRabbitMq(RabbitMqFixture broker) : Acknowledgements(broker);

public sealed class AcknowledgementsOnHareMq(HareMqFixture broker) : Acknowledgements(broker);
