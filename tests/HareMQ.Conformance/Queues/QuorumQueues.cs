using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Queues;

/// <summary>x-queue-type quorum: on HareMQ a durable queue like any other, with the limits and refusals that applications expect.</summary>
public abstract class QuorumQueues(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Message_that_comes_back_too_often_is_a_dead_letter_and_says_how_often()
    {
        var channel = await OpenChannelAsync();
        var graveyard = await channel.DeclareQueueAsync();
        var queue = NewQueueName();
        await DeclareAsync(channel, queue, ("x-delivery-limit", 1), ("x-dead-letter-exchange", ""), ("x-dead-letter-routing-key", graveyard));
        await channel.PublishTextsAsync(queue, "poison");
        Assert.Equal(0, await RejectAsync());
        Assert.Equal(1, await RejectAsync());
        var dead = await Eventually.NotNullAsync(() => channel.BasicGetAsync(graveyard, autoAck: true), "the dead letter");
        Assert.Equal("delivery_limit", Encoding.UTF8.GetString((byte[])dead.BasicProperties.Headers!["x-first-death-reason"]!));

        async Task<long> RejectAsync()
        {
            var message = await Eventually.NotNullAsync(() => channel.BasicGetAsync(queue, autoAck: false), "the message");
            await channel.BasicRejectAsync(message.DeliveryTag, requeue: true);
            return message.BasicProperties.Headers?.TryGetValue("x-delivery-count", out var count) == true ? Convert.ToInt64(count) : 0;
        }
    }

    [Theory]
    [InlineData(false, false, false, "non-durable")]
    [InlineData(true, true, false, "exclusive-owner")]
    [InlineData(true, false, true, "auto-delete")]
    public async Task Queue_must_be_durable_and_shared(bool durable, bool exclusive, bool autoDelete, string property)
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await ExpectChannelErrorAsync(
            channel, 406, $"PRECONDITION_FAILED - invalid property '{property}' for queue '{queue}' in vhost '/'",
            () => channel.QueueDeclareAsync(queue, durable, exclusive, autoDelete, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }));
    }

    [Fact]
    public async Task Queue_type_stream_is_refused_in_clear_words()
    {
        SkipOnRabbitMq("has streams");
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await ExpectChannelErrorAsync(
            channel, 406,
            $"PRECONDITION_FAILED - invalid arg 'x-queue-type' for queue '{queue}' in vhost '/': \"queue type 'stream' is not available in this version\"",
            () => channel.QueueDeclareAsync(queue, true, false, false, new Dictionary<string, object?> { ["x-queue-type"] = "stream" }));
    }

    [Fact]
    public async Task Transient_messages_are_kept_like_persistent_ones()
    {
        var channel = await OpenConfirmChannelAsync();
        var queue = NewQueueName();
        await DeclareAsync(channel, queue);
        await channel.PublishTextsAsync(queue, "a", "b");
        Assert.Equal(["a", "b"], await channel.TakeAllAsync(queue));
    }

    private static Task DeclareAsync(IChannel channel, string queue, params (string Name, object Value)[] arguments)
    {
        var table = arguments.ToDictionary(argument => argument.Name, argument => (object?)argument.Value);
        table["x-queue-type"] = "quorum";
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, table);
    }
}

public sealed class QuorumQueuesOnRabbitMq(RabbitMqFixture broker) : QuorumQueues(broker);

public sealed class QuorumQueuesOnHareMq(HareMqFixture broker) : QuorumQueues(broker);
