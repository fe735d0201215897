using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Queues;

/// <summary>AMQP 0-9-1 exclusive queues: one connection's own, gone with it.</summary>
public abstract class ExclusiveQueues(BrokerFixture broker) : ConformanceTest(broker)
{
    [Theory]
    [InlineData("declare")]
    [InlineData("declare passively")]
    [InlineData("bind")]
    [InlineData("consume")]
    [InlineData("get")]
    [InlineData("purge")]
    [InlineData("delete")]
    public async Task Other_connection_may_not_touch_it(string operation)
    {
        var queue = NewQueueName();
        await (await OpenChannelAsync()).QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        var other = await OpenChannelAsync(await ConnectAsync());
        await ExpectChannelErrorAsync(other, 405, Locked(queue), () => operation switch
        {
            "declare" => other.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false),
            "declare passively" => other.QueueDeclarePassiveAsync(queue),
            "bind" => other.QueueBindAsync(queue, "amq.direct", "key"),
            "consume" => TestConsumer.StartAsync(other, queue),
            "get" => other.BasicGetAsync(queue, autoAck: true),
            "purge" => other.QueuePurgeAsync(queue),
            _ => other.QueueDeleteAsync(queue),
        });
    }

    [Fact]
    public async Task Other_connection_may_publish_to_it()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        await (await OpenChannelAsync(await ConnectAsync())).PublishTextAsync("", queue, "from outside");
        Assert.Equal("from outside", (await consumer.NextAsync()).Text);
    }

    [Fact]
    public async Task Other_channel_of_its_connection_may_use_it()
    {
        var queue = NewQueueName();
        await (await OpenChannelAsync()).QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        var sibling = await OpenChannelAsync();
        await sibling.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        await sibling.PublishTextAsync("", queue, "inside");
        Assert.Equal("inside", await sibling.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Owner_declaring_it_as_shared_is_405()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        await ExpectChannelErrorAsync(channel, 405, Locked(queue),
            () => channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false));
    }

    [Fact]
    public async Task Shared_queue_declared_as_exclusive_is_405()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await ExpectChannelErrorAsync(channel, 405, Locked(queue),
            () => channel.QueueDeclareAsync(queue, durable: true, exclusive: true, autoDelete: false));
    }

    [Fact]
    public async Task It_outlives_the_channel_that_declared_it()
    {
        var queue = NewQueueName();
        var channel = await OpenChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        await channel.CloseAsync();
        await (await OpenChannelAsync()).QueueDeclarePassiveAsync(queue);
    }

    [Fact]
    public async Task It_is_gone_when_its_connection_has_been_closed()
    {
        var queue = NewQueueName();
        var owner = await ConnectAsync();
        await (await OpenChannelAsync(owner)).QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false);
        await owner.CloseAsync();
        // No waiting: close-ok comes after the deletion.
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404,
            $"NOT_FOUND - no queue '{queue}' in vhost '/'", () => channel.QueueDeclarePassiveAsync(queue));
    }

    [Fact]
    public async Task It_is_gone_when_its_socket_breaks()
    {
        var queue = NewQueueName();
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.QueueDeclare(1, queue, exclusive: true));
        await wire.ExpectAsync(MethodId.QueueDeclareOk, 1);
        await wire.DisposeAsync();
        var connection = await ConnectAsync();
        await Eventually.Equal(true, async () =>
        {
            await using var channel = await connection.CreateChannelAsync();
            try
            {
                return (await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: false)).QueueName == queue;
            }
            catch (RabbitMQ.Client.Exceptions.OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == 405)
            {
                return false;
            }
        });
    }

    private static string Locked(string queue) =>
        $"RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '{queue}' in vhost '/'. It could be originally declared on "
        + "another connection or the exclusive property value does not match that of the original declaration.";
}

public sealed class ExclusiveQueuesOnRabbitMq(RabbitMqFixture broker) : ExclusiveQueues(broker);

public sealed class ExclusiveQueuesOnHareMq(HareMqFixture broker) : ExclusiveQueues(broker);
