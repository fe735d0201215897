using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Queues;

/// <summary>x-queue-type quorum: what such a queue takes, and what it refuses.</summary>
public abstract class QuorumQueues(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task It_keeps_messages_and_their_order()
    {
        var (channel, queue) = (await OpenConfirmChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "1", "2", "3");
        Assert.Equal(["1", "2", "3"], await channel.TakeAllAsync(queue));
        await DeclareAsync(channel, queue);
    }

    [Theory]
    [InlineData(false, false, false, "non-durable")]
    [InlineData(true, true, false, "exclusive-owner")]
    [InlineData(true, false, true, "auto-delete")]
    public async Task It_is_durable_and_shared_and_stays(bool durable, bool exclusive, bool autoDelete, string property)
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await ExpectChannelErrorAsync(channel, 406, $"PRECONDITION_FAILED - invalid property '{property}' for queue '{queue}' in vhost '/'",
            () => channel.QueueDeclareAsync(queue, durable, exclusive, autoDelete, arguments));
    }

    [Fact]
    public async Task Delivery_limit_of_minus_one_is_none()
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue, ("x-delivery-limit", -1));
        Assert.Equal(0u, await channel.MessageCountAsync(queue));
    }

    [Theory]
    [InlineData("x-delivery-limit", "five", "\"expected integer, got longstr\"")]
    [InlineData("x-max-length", -1, "{value_negative,-1}")]
    public async Task Invalid_value_is_406(string argument, object value, string reason)
    {
        if (argument == "x-delivery-limit") SkipOnRabbitMq("does not look at the delivery limit");
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - invalid arg '{argument}' for queue '{queue}' in vhost '/': {reason}",
            () => DeclareAsync(channel, queue, (argument, value)));
    }

    [Fact]
    public async Task It_is_no_classic_queue()
    {
        var (channel, queue) = (await OpenChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue);
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue '{queue}' in vhost '/': "
            + "received none but current is the value 'quorum' of type 'longstr'",
            () => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false));
    }

    [Fact]
    public async Task Transient_messages_are_kept_as_well()
    {
        var (channel, queue) = (await OpenConfirmChannelAsync(), NewQueueName());
        await DeclareAsync(channel, queue);
        await channel.BasicPublishAsync("", queue, false, new BasicProperties { Persistent = false }, "transient"u8.ToArray());
        var message = await Eventually.NotNullAsync(() => channel.BasicGetAsync(queue, autoAck: true), "the message");
        Assert.False(message.BasicProperties.Persistent);
    }

    private static Task DeclareAsync(IChannel channel, string queue, (string Name, object Value)? argument = null)
    {
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        if (argument is { } more) arguments[more.Name] = more.Value;
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);
    }
}

public sealed class QuorumQueuesOnRabbitMq(RabbitMqFixture broker) : QuorumQueues(broker);

public sealed class QuorumQueuesOnHareMq(HareMqFixture broker) : QuorumQueues(broker);
