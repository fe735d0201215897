using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Queues;

/// <summary>AMQP 0-9-1 queue.delete, queue.purge and auto-delete.</summary>
public abstract class QueueDeletion(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Deletion_answers_with_the_number_of_messages()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "one", "two");
        Assert.Equal(2u, await channel.QueueDeleteAsync(queue));
    }

    [Fact]
    public async Task Deleting_a_missing_queue_succeeds()
    {
        var channel = await OpenChannelAsync();
        Assert.Equal(0u, await channel.QueueDeleteAsync("missing"));
        Assert.Equal(0u, await channel.QueueDeleteAsync("missing", ifUnused: true, ifEmpty: true));
    }

    [Fact]
    public async Task Deleting_a_server_named_queue_is_allowed()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.QueueDeleteAsync(queue);
        await ExpectGoneAsync(channel, queue);
    }

    [Fact]
    public async Task Deleting_a_consumed_queue_if_unused_is_406()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await TestConsumer.StartAsync(channel, queue);
        await ExpectChannelErrorAsync(channel, 406, $"PRECONDITION_FAILED - queue '{queue}' in vhost '/' in use",
            () => channel.QueueDeleteAsync(queue, ifUnused: true, ifEmpty: false));
    }

    [Fact]
    public async Task Deleting_a_full_queue_if_empty_is_406()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "one");
        await ExpectChannelErrorAsync(channel, 406, $"PRECONDITION_FAILED - queue '{queue}' in vhost '/' not empty",
            () => channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: true));
    }

    [Fact]
    public async Task Unused_and_empty_queue_is_deleted_under_both_conditions()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.QueueDeleteAsync(queue, ifUnused: true, ifEmpty: true);
        await ExpectGoneAsync(channel, queue);
    }

    [Fact]
    public async Task Purge_drops_what_is_ready_and_counts_it()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "unacked", "ready", "ready");
        var unacked = await channel.BasicGetAsync(queue, autoAck: false);
        Assert.Equal(2u, await channel.QueuePurgeAsync(queue));
        Assert.Equal(0u, await channel.QueuePurgeAsync(queue));
        await channel.BasicNackAsync(unacked!.DeliveryTag, multiple: false, requeue: true);
        Assert.Equal(["unacked"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Purging_a_missing_queue_is_404()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404,
            "NOT_FOUND - no queue 'missing' in vhost '/'", () => channel.QueuePurgeAsync("missing"));
    }

    [Fact]
    public async Task Auto_delete_queue_goes_with_its_last_consumer()
    {
        var channel = await OpenChannelAsync();
        var queue = await DeclareAutoDeleteAsync(channel);
        var first = await TestConsumer.StartAsync(channel, queue);
        var second = await TestConsumer.StartAsync(channel, queue);
        await channel.BasicCancelAsync(first.ConsumerTag);
        await channel.QueueDeclarePassiveAsync(queue);
        await channel.BasicCancelAsync(second.ConsumerTag);
        await ExpectGoneAsync(channel, queue);
    }

    [Fact]
    public async Task Auto_delete_queue_goes_when_the_consuming_channel_closes()
    {
        var channel = await OpenChannelAsync();
        var queue = await DeclareAutoDeleteAsync(channel);
        var consuming = await OpenChannelAsync();
        await TestConsumer.StartAsync(consuming, queue);
        await consuming.CloseAsync();
        await ExpectGoneAsync(channel, queue);
    }

    [Fact]
    public async Task Auto_delete_queue_that_never_had_a_consumer_stays()
    {
        var channel = await OpenChannelAsync();
        var queue = await DeclareAutoDeleteAsync(channel);
        await channel.PublishTextsAsync(queue, "one");
        Assert.Equal("one", await channel.TakeTextAsync(queue));
        Assert.Null(await channel.TakeTextAsync(queue));
        await channel.QueueDeclarePassiveAsync(queue);
    }

    [Fact]
    public async Task Deletion_and_purge_without_wait_have_no_answer()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Publish(1, "", queue, [1]));
        await wire.SendMethodAsync(1, MethodId.QueuePurge, arguments => arguments.Short(0).ShortString(queue).Bits(true));
        await wire.SendAsync(WireClient.Get(1, queue));
        await wire.ExpectAsync(MethodId.BasicGetEmpty, 1);
        await wire.SendMethodAsync(1, MethodId.QueueDelete, arguments => arguments.Short(0).ShortString(queue).Bits(false, false, true));
        await wire.SendAsync(WireClient.QueueDeclare(1, queue, passive: true));
        Assert.Equal(404, (await wire.ExpectChannelCloseAsync(1)).Code);
    }

    private async Task<string> DeclareAutoDeleteAsync(IChannel channel)
    {
        var queue = NewQueueName();
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true);
        return queue;
    }

    private static Task ExpectGoneAsync(IChannel channel, string queue) =>
        ExpectChannelErrorAsync(channel, 404,
            $"NOT_FOUND - no queue '{queue}' in vhost '/'", () => channel.QueueDeclarePassiveAsync(queue));
}

public sealed class QueueDeletionOnRabbitMq(RabbitMqFixture broker) : QueueDeletion(broker);

public sealed class QueueDeletionOnHareMq(HareMqFixture broker) : QueueDeletion(broker);
