using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Alarms;

/// <summary>connection.blocked and unblocked: what a publisher sees when its broker is short of memory or disk.</summary>
/// <remarks>On RabbitMQ only with <see cref="BrokerTarget.RabbitMqDirectoryVariable"/>: its limits are changed while it runs.</remarks>
public abstract class BlockedConnections(BrokerFixture broker) : ConformanceTest(broker)
{
    private const double UsualWatermark = 0.9;

    [Fact]
    public async Task Publisher_is_blocked_by_the_memory_alarm_and_unblocked_after_it()
    {
        SkipUnlessAdjustable();
        var connection = await ConnectAsync();
        var (blocked, unblocked) = Watch(connection);
        var channel = await OpenChannelAsync(connection);
        var queue = await channel.DeclareQueueAsync();
        try
        {
            await Administration.SetMemoryWatermarkAsync(0);
            await PublishUntilAsync(blocked, () => channel.PublishTextAsync("", queue, "one"));
            Assert.Equal("low on memory", await blocked);
            // Nothing is read, so the next message waits in the socket.
            await channel.PublishTextAsync("", queue, "two");
            Assert.False(unblocked.IsCompleted);
        }
        finally
        {
            await Administration.SetMemoryWatermarkAsync(UsualWatermark);
        }

        await unblocked.WaitAsync(Eventually.Deadline);
        var all = await channel.TakeAllAsync(queue);
        Assert.Equal(["one", "two"], all.Distinct());
        Assert.Single(all, "two");
    }

    [Fact]
    public async Task Reason_names_the_disk()
    {
        SkipUnlessAdjustable();
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        try
        {
            await Administration.SetDiskFreeLimitAsync(AlarmCollection.MoreThanAnyDisk);
            var blocked = wire.ExpectAsync(MethodId.ConnectionBlocked, 0);
            await PublishUntilAsync(blocked, () => wire.SendAsync(WireClient.Publish(1, "", queue, "one"u8.ToArray())));
            Assert.Equal("low on disk", (await blocked).Arguments().ShortString());
        }
        finally
        {
            await Administration.SetDiskFreeLimitAsync(AlarmCollection.UsualDiskFreeLimit);
        }

        await wire.ExpectAsync(MethodId.ConnectionUnblocked, 0);
    }

    [Fact]
    public async Task Connection_that_does_not_publish_is_served_during_an_alarm()
    {
        SkipUnlessAdjustable();
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.PublishTextsAsync(queue, "one", "two");
        // Or the broker would read these during the alarm.
        await Eventually.Equal(2u, () => channel.MessageCountAsync(queue));
        try
        {
            await Administration.SetMemoryWatermarkAsync(0);
            var idle = await OpenChannelAsync(await ConnectAsync());
            await idle.DeclareQueueAsync();
            // Exclusive to the connection that declared it, which has not published during the alarm either.
            var consumer = await TestConsumer.StartAsync(channel, queue);
            Assert.Equal(["one", "two"], (await consumer.NextAsync(2)).Select(delivery => delivery.Text));
            await channel.BasicAckAsync(0, multiple: true);
            await channel.BasicCancelAsync(consumer.ConsumerTag);
            Assert.Equal(0u, await channel.MessageCountAsync(queue));
        }
        finally
        {
            await Administration.SetMemoryWatermarkAsync(UsualWatermark);
        }
    }

    [Fact]
    public async Task Blocked_connection_still_gets_deliveries()
    {
        SkipUnlessAdjustable();
        var holder = await OpenChannelAsync();
        var queue = NewQueueName();
        await holder.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: false);
        await holder.PublishTextAsync("", queue, "kept back");
        var kept = await Eventually.NotNullAsync(() => holder.BasicGetAsync(queue, autoAck: false), "the message");
        var wire = await OpenWireChannelAsync();
        var own = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Consume(1, queue, "tag", noAck: true));
        await wire.ExpectAsync(MethodId.BasicConsumeOk, 1);
        try
        {
            await Administration.SetMemoryWatermarkAsync(0);
            await PublishUntilAsync(
                wire.ExpectAsync(MethodId.ConnectionBlocked, 0), () => wire.SendAsync(WireClient.Publish(1, "", own, "one"u8.ToArray())));
            await holder.BasicRejectAsync(kept.DeliveryTag, requeue: true);
            Assert.Equal("kept back", Encoding.UTF8.GetString((await wire.ExpectContentAsync(MethodId.BasicDeliver, 1)).Body));
        }
        finally
        {
            await Administration.SetMemoryWatermarkAsync(UsualWatermark);
        }
    }

    [Fact]
    public async Task Client_without_the_capability_is_not_told()
    {
        SkipUnlessAdjustable();
        var wire = await OpenWireChannelAsync(new WireHandshake { ClientProperties = WireHandshake.NoCapabilities });
        var queue = await wire.DeclareQueueAsync(1);
        try
        {
            await Administration.SetMemoryWatermarkAsync(0);
            await wire.SendAsync(WireClient.Publish(1, "", queue, "one"u8.ToArray()));
        }
        finally
        {
            await Administration.SetMemoryWatermarkAsync(UsualWatermark);
        }

        // The next thing it hears is the answer to its next request.
        await wire.SendAsync(WireClient.QueueDeclare(1, queue, passive: true));
        await wire.ExpectAsync(MethodId.QueueDeclareOk, 1);
    }

    /// <summary>RabbitMQ tells its connections of an alarm a little after it has set it; a publish before that does not count.</summary>
    private static async Task PublishUntilAsync(Task blocked, Func<Task> publish)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var start = TimeProvider.System.GetTimestamp();
        while (!blocked.IsCompleted && TimeProvider.System.GetElapsedTime(start) < Eventually.Deadline)
        {
            await publish();
            await timer.WaitForNextTickAsync();
        }

        await blocked.WaitAsync(Eventually.Deadline);
    }

    private static (Task<string> Blocked, Task Unblocked) Watch(IConnection connection)
    {
        var blocked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var unblocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionBlockedAsync += (_, happened) =>
        {
            blocked.TrySetResult(happened.Reason);
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            unblocked.TrySetResult();
            return Task.CompletedTask;
        };
        return (blocked.Task, unblocked.Task);
    }
}

[Collection(AlarmCollection.Name)]
public sealed class BlockedConnectionsOnRabbitMq(RabbitMqFixture broker) : BlockedConnections(broker);

[Collection(AlarmCollection.Name)]
public sealed class BlockedConnectionsOnHareMq(HareMqFixture broker) : BlockedConnections(broker);
