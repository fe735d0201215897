using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Alarms;

/// <summary>A delivery that waits for its ack for too long.</summary>
/// <remarks>On RabbitMQ only with <see cref="BrokerTarget.RabbitMqDirectoryVariable"/>, which also makes it look twice a second.</remarks>
public abstract class ConsumerTimeouts(BrokerFixture broker) : ConformanceTest(broker)
{
    private const int TimeoutMs = 1000;
    private const int UsualTimeoutMs = 1_800_000;

    private static string Text(IChannel channel) =>
        $"PRECONDITION_FAILED - delivery acknowledgement on channel {channel.ChannelNumber} timed out. Timeout value used: {TimeoutMs} ms. "
        + "This timeout value can be configured, see consumers doc guide to learn more";

    [Fact]
    public Task Consumer_that_does_not_acknowledge_loses_its_channel_and_the_message_goes_back() =>
        LoseChannelAsync(arguments: null, async (channel, queue) => await (await TestConsumer.StartAsync(channel, queue)).NextAsync());

    [Fact]
    public Task Message_that_was_got_counts_too() =>
        LoseChannelAsync(arguments: null, (channel, queue) => channel.BasicGetAsync(queue, autoAck: false));

    [Fact]
    public async Task Queue_may_have_a_time_of_its_own()
    {
        SkipOnRabbitMq("does not know x-consumer-timeout");
        await LoseChannelAsync(
            new Dictionary<string, object?> { ["x-consumer-timeout"] = TimeoutMs },
            async (channel, queue) => await (await TestConsumer.StartAsync(channel, queue)).NextAsync());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData("soon")]
    public async Task Time_of_a_queue_that_is_none_is_406(object value)
    {
        SkipOnRabbitMq("does not know x-consumer-timeout");
        var channel = await OpenChannelAsync();
        var error = await Assert.ThrowsAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(
            () => channel.DeclareQueueAsync(new Dictionary<string, object?> { ["x-consumer-timeout"] = value }));
        Assert.Equal(406, error.ShutdownReason!.ReplyCode);
        Assert.StartsWith("PRECONDITION_FAILED - invalid arg 'x-consumer-timeout' for queue '", error.ShutdownReason.ReplyText);
    }

    private async Task LoseChannelAsync(Dictionary<string, object?>? arguments, Func<IChannel, string, Task> take)
    {
        SkipUnlessAdjustable();
        var other = await OpenChannelAsync();
        var queue = await other.DeclareQueueAsync(arguments);
        await other.PublishTextAsync("", queue, "one");
        try
        {
            if (arguments is null) await Administration.SetConsumerTimeoutAsync(TimeoutMs);
            var channel = await OpenChannelAsync();
            await take(channel, queue);
            await Eventually.Equal(false, () => channel.IsOpen);
            Assert.Equal((406, Text(channel)), (channel.CloseReason!.ReplyCode, channel.CloseReason.ReplyText));
        }
        finally
        {
            if (arguments is null) await Administration.SetConsumerTimeoutAsync(UsualTimeoutMs);
        }

        var message = await Eventually.NotNullAsync(() => other.BasicGetAsync(queue, autoAck: true), "the message");
        Assert.Equal(("one", true), (message.Text(), message.Redelivered));
    }
}

[Collection(AlarmCollection.Name)]
public sealed class ConsumerTimeoutsOnRabbitMq(RabbitMqFixture broker) : ConsumerTimeouts(broker);

[Collection(AlarmCollection.Name)]
public sealed class ConsumerTimeoutsOnHareMq(HareMqFixture broker) : ConsumerTimeouts(broker);
