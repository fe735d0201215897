using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Queues;

/// <summary>RabbitMQ's x- arguments of queue.declare: which values are refused, in which words.</summary>
public abstract class QueueArguments(BrokerFixture broker) : ConformanceTest(broker)
{
    public static TheoryData<string, object, string> Invalid => new()
    {
        { "x-message-ttl", -1, "{value_negative,-1}" },
        { "x-message-ttl", "soon", "\"expected integer, got longstr\"" },
        { "x-message-ttl", true, "\"expected integer, got bool\"" },
        { "x-message-ttl", 1.5, "\"expected integer, got double\"" },
        { "x-expires", "soon", "\"expected integer, got longstr\"" },
        { "x-expires", 0, "{value_zero,0}" },
        { "x-expires", -5, "{value_negative,-5}" },
        { "x-max-length", -1, "{value_negative,-1}" },
        { "x-max-length-bytes", -1, "{value_negative,-1}" },
        { "x-max-length", "ten", "\"expected integer, got longstr\"" },
        { "x-max-length-bytes", "ten", "\"expected integer, got longstr\"" },
        { "x-max-priority", "high", "\"expected integer, got longstr\"" },
        { "x-overflow", 5, "{unacceptable_type,signedint}" },
        { "x-single-active-consumer", "yes", "{unacceptable_type,longstr}" },
        { "x-queue-mode", "odd", "\"unsupported queue mode 'odd'\"" },
        { "x-queue-mode", 5, "{unacceptable_type,signedint}" },
        { "x-queue-type", 5, "{unacceptable_type,signedint}" },
        { "x-max-priority", 256, "{max_value_exceeded,256}" },
        { "x-max-priority", -1, "{value_negative,-1}" },
    };

    public static TheoryData<string, object> Valid => new()
    {
        { "x-message-ttl", 0 },
        { "x-message-ttl", 315_360_000_000L },
        { "x-expires", 600_000 },
        { "x-max-length", 0 },
        { "x-max-length-bytes", 1_000_000_000_000L },
        { "x-max-priority", 0 },
        { "x-max-priority", 255 },
        { "x-overflow", "drop-head" },
        { "x-overflow", "reject-publish" },
        { "x-overflow", "reject-publish-dlx" },
        { "x-dead-letter-exchange", "" },
        { "x-dead-letter-exchange", "does-not-exist-yet" },
        { "x-single-active-consumer", true },
        { "x-queue-mode", "lazy" },
        { "x-queue-type", "classic" },
        { "x-no-type-knows-this", "fine" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task Invalid_value_is_406(string argument, object value, string reason)
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - invalid arg '{argument}' for queue '{queue}' in vhost '/': {reason}",
            () => DeclareAsync(channel, queue, (argument, value)));
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public async Task Valid_value_is_accepted_and_the_queue_works(string argument, object value)
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await DeclareAsync(channel, queue, (argument, value));
        Assert.Equal(queue, (await channel.QueueDeclarePassiveAsync(queue)).QueueName);
        await DeclareAsync(channel, queue, (argument, value));
    }

    [Theory]
    [InlineData("x-message-ttl")]
    [InlineData("x-expires")]
    public async Task Time_above_ten_years_is_406(string argument)
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - invalid arg '{argument}' for queue '{queue}' in vhost '/': {{value_too_large,315360000001}}",
            () => DeclareAsync(channel, queue, (argument, 315_360_000_001)));
    }

    [Fact]
    public async Task Unknown_overflow_is_406()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - invalid arg 'x-overflow' for queue '{queue}' in vhost '/': invalid_overflow",
            () => DeclareAsync(channel, queue, ("x-overflow", "spill")));
    }

    [Theory]
    [InlineData("x-dead-letter-exchange")]
    [InlineData("x-dead-letter-routing-key")]
    public async Task Dead_letter_names_are_strings(string argument)
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await ExpectChannelErrorAsync(channel, 406,
            argument == "x-dead-letter-exchange"
                ? $"PRECONDITION_FAILED - invalid type 'signedint' for arg '{argument}' in queue '{queue}' in vhost '/'"
                : $"PRECONDITION_FAILED - invalid arg '{argument}' for queue '{queue}' in vhost '/': {{unacceptable_type,signedint}}",
            () => DeclareAsync(channel, queue, (argument, 5)));
    }

    [Fact]
    public async Task Stream_is_refused_clearly()
    {
        SkipOnRabbitMq("has streams");
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - invalid arg 'x-queue-type' for queue '{queue}' in vhost '/': "
            + "\"queue type 'stream' is not available in this version\"",
            () => DeclareAsync(channel, queue, ("x-queue-type", "stream")));
    }

    [Fact]
    public async Task Dead_letter_key_without_an_exchange_is_406()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - invalid arg 'x-dead-letter-routing-key' for queue '{queue}' in vhost '/': "
            + "routing_key_but_no_dlx_defined",
            () => DeclareAsync(channel, queue, ("x-dead-letter-routing-key", "key")));
    }

    [Fact]
    public async Task Unknown_queue_type_is_406()
    {
        var channel = await OpenChannelAsync();
        var queue = NewQueueName();
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - invalid arg 'x-queue-type' for queue '{queue}' in vhost '/': \"unsupported queue type 'odd'\"",
            () => DeclareAsync(channel, queue, ("x-queue-type", "odd")));
    }

    private static Task DeclareAsync(IChannel channel, string queue, (string Name, object Value) argument) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { [argument.Name] = argument.Value });
}

public sealed class QueueArgumentsOnRabbitMq(RabbitMqFixture broker) : QueueArguments(broker);

public sealed class QueueArgumentsOnHareMq(HareMqFixture broker) : QueueArguments(broker);
