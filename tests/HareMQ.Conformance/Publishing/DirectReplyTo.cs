using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Publishing;

/// <summary>RabbitMQ's amq.rabbitmq.reply-to: answers without a reply queue.</summary>
public abstract class DirectReplyTo(BrokerFixture broker) : ConformanceTest(broker)
{
    private const string ReplyTo = "amq.rabbitmq.reply-to";

    [Fact]
    public async Task Answer_reaches_the_requesting_channel()
    {
        var (requester, replies, address) = await RequestAsync();
        Assert.StartsWith($"{ReplyTo}.", address);
        var responder = await OpenChannelAsync(await ConnectAsync());
        await responder.BasicPublishAsync("", address, false, new BasicProperties { CorrelationId = "42" }, "answer"u8.ToArray());
        var reply = await replies.NextAsync();
        Assert.Equal(("answer", "", address, "42", false),
            (reply.Text, reply.Exchange, reply.RoutingKey, reply.Properties.CorrelationId, reply.Redelivered));
        Assert.True(requester.IsOpen);
    }

    [Fact]
    public async Task Answer_to_a_requester_that_left_is_lost()
    {
        var (requester, _, address) = await RequestAsync();
        await requester.CloseAsync();
        var responder = await OpenChannelAsync();
        await responder.PublishTextAsync("", address, "too late");
        await responder.DeclareQueueAsync();
    }

    [Fact]
    public async Task Declaring_the_address_tells_whether_the_requester_is_there()
    {
        var (requester, _, address) = await RequestAsync();
        var responder = await OpenChannelAsync();
        var ok = await responder.QueueDeclarePassiveAsync(address);
        Assert.Equal((address, 0u, 1u), (ok.QueueName, ok.MessageCount, ok.ConsumerCount));
        await requester.CloseAsync();
        await ExpectChannelErrorAsync(responder, 404, $"NOT_FOUND - no queue '{address}' in vhost '/'",
            () => responder.QueueDeclarePassiveAsync(address));
    }

    [Fact]
    public async Task Request_without_a_consumer_is_406()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await ExpectChannelErrorAsync(channel, 406, "PRECONDITION_FAILED - fast reply consumer does not exist",
            () => channel.BasicPublishAsync("", queue, false, new BasicProperties { ReplyTo = ReplyTo }, "request"u8.ToArray()).AsTask());
    }

    [Fact]
    public async Task Consumer_that_would_acknowledge_is_406()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 406, "PRECONDITION_FAILED - reply consumer cannot acknowledge",
            () => TestConsumer.StartAsync(channel, ReplyTo, autoAck: false));
    }

    [Fact]
    public async Task Second_consumer_on_a_channel_is_406()
    {
        var channel = await OpenChannelAsync();
        await TestConsumer.StartAsync(channel, ReplyTo, autoAck: true);
        await ExpectChannelErrorAsync(channel, 406, "PRECONDITION_FAILED - reply consumer already set",
            () => TestConsumer.StartAsync(channel, ReplyTo, autoAck: true));
    }

    [Fact]
    public async Task Cancelled_consumer_makes_room_for_another()
    {
        var channel = await OpenChannelAsync();
        var first = await TestConsumer.StartAsync(channel, ReplyTo, autoAck: true);
        await channel.BasicCancelAsync(first.ConsumerTag);
        await TestConsumer.StartAsync(channel, ReplyTo, autoAck: true);
    }

    [Fact]
    public async Task Other_reply_addresses_are_left_alone()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.BasicPublishAsync("", queue, false, new BasicProperties { ReplyTo = "my-own-queue" }, "request"u8.ToArray());
        Assert.Equal("my-own-queue", (await channel.BasicGetAsync(queue, autoAck: true))!.BasicProperties.ReplyTo);
    }

    /// <summary>A request that has been received: who asked, where its answers arrive, and the address to answer to.</summary>
    private async Task<(IChannel Requester, TestConsumer Replies, string Address)> RequestAsync()
    {
        var requester = await OpenChannelAsync();
        var queue = await requester.DeclareQueueAsync();
        var replies = await TestConsumer.StartAsync(requester, ReplyTo, autoAck: true);
        await requester.BasicPublishAsync("", queue, false, new BasicProperties { ReplyTo = ReplyTo }, "request"u8.ToArray());
        var request = await requester.BasicGetAsync(queue, autoAck: true);
        return (requester, replies, request!.BasicProperties.ReplyTo!);
    }
}

public sealed class DirectReplyToOnRabbitMq(RabbitMqFixture broker) : DirectReplyTo(broker);

public sealed class DirectReplyToOnHareMq(HareMqFixture broker) : DirectReplyTo(broker);
