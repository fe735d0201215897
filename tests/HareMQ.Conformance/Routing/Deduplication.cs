using System.Text;
using HareMQ.Conformance.Harness;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Conformance.Routing;

/// <summary>Messages that are published again are dropped, on an exchange or on a queue. RabbitMQ 3.10 has this only as a plugin.</summary>
public abstract class Deduplication(BrokerFixture broker) : ConformanceTest(broker)
{
    private static readonly Dictionary<string, object?> s_enabled = new() { ["x-message-deduplication"] = true };

    [Theory]
    [InlineData("direct")]
    [InlineData("topic")]
    [InlineData("fanout")]
    [InlineData("x-message-deduplication")]
    public async Task Exchange_routes_a_key_once_and_confirms_it_each_time(string type)
    {
        var channel = await OpenAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, type, arguments: new Dictionary<string, object?>(s_enabled) { ["x-cache-size"] = 100 });
        var queue = await channel.DeclareBoundQueueAsync(exchange, "key");
        foreach (var key in (object?[])["a", "a", "b", 7, 7L, null, null, "7"]) await PublishAsync(channel, exchange, "key", $"{key}", key);
        Assert.Equal(["a", "b", "7", "", "", "7"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Exchange_forgets_the_oldest_key_and_what_is_older_than_its_time()
    {
        var channel = await OpenAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(
            exchange, "fanout", arguments: new Dictionary<string, object?>(s_enabled) { ["x-cache-size"] = "2", ["x-cache-ttl"] = 60_000 });
        var queue = await channel.DeclareBoundQueueAsync(exchange);
        foreach (var key in (string[])["a", "b", "c", "a"]) await PublishAsync(channel, exchange, "", key, key);
        Assert.Equal(["a", "b", "c", "a"], await channel.TakeAllAsync(queue));
        await PublishAsync(channel, exchange, "", "short", "short", cacheTtl: 1);
        await Eventually.Equal(2u, async () =>
        {
            await PublishAsync(channel, exchange, "", "short", "short", cacheTtl: 60_000);
            return await channel.MessageCountAsync(queue);
        });
    }

    [Fact]
    public async Task Exchange_looks_at_the_header_it_is_told_to()
    {
        var channel = await OpenAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(
            exchange, "fanout", arguments: new Dictionary<string, object?>(s_enabled) { ["x-deduplication-header"] = "order" });
        var queue = await channel.DeclareBoundQueueAsync(exchange);
        for (var i = 0; i < 2; i++) await PublishAsync(channel, exchange, "", "once", "1", header: "order");
        Assert.Equal(["once"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Duplicate_is_not_returned_and_a_message_that_led_nowhere_may_come_again()
    {
        var channel = await OpenAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct", arguments: s_enabled);
        await Assert.ThrowsAnyAsync<PublishException>(() => PublishAsync(channel, exchange, "key", "lost", "a", mandatory: true));
        var queue = await channel.DeclareBoundQueueAsync(exchange, "key");
        await PublishAsync(channel, exchange, "key", "found", "a", mandatory: true);
        await PublishAsync(channel, exchange, "key", "found", "a", mandatory: true);
        Assert.Equal(["found"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Message_that_a_full_queue_refused_may_come_again()
    {
        var channel = await OpenAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "fanout", arguments: s_enabled);
        var queue = await channel.DeclareQueueAsync(new() { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });
        await channel.QueueBindAsync(queue, exchange, "");
        await PublishAsync(channel, exchange, "", "first", "a");
        await Assert.ThrowsAnyAsync<PublishException>(() => PublishAsync(channel, exchange, "", "second", "b"));
        Assert.Equal("first", await channel.TakeTextAsync(queue));
        await PublishAsync(channel, exchange, "", "second", "b");
        Assert.Equal(["second"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Keys_of_a_transaction_count_from_its_commit()
    {
        var channel = await OpenAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "fanout", arguments: s_enabled);
        var queue = await channel.DeclareBoundQueueAsync(exchange);
        var transactional = await OpenChannelAsync();
        await transactional.TxSelectAsync();
        await PublishAsync(transactional, exchange, "", "undone", "a");
        await transactional.TxRollbackAsync();
        await PublishAsync(transactional, exchange, "", "committed", "a");
        await transactional.TxCommitAsync();
        await PublishAsync(channel, exchange, "", "late", "a");
        Assert.Equal(["committed"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Queue_holds_a_key_once_and_takes_it_again_when_it_is_gone()
    {
        var channel = await OpenAsync();
        var queue = await channel.DeclareQueueAsync(s_enabled);
        for (var i = 0; i < 3; i++) await PublishAsync(channel, "", queue, "job", "a");
        Assert.Equal(1u, await channel.MessageCountAsync(queue));
        var message = await channel.BasicGetAsync(queue, autoAck: false);
        // Out, but still the queue's.
        await PublishAsync(channel, "", queue, "job", "a");
        Assert.Equal(0u, await channel.MessageCountAsync(queue));
        await channel.BasicAckAsync(message!.DeliveryTag, multiple: false);
        await PublishAsync(channel, "", queue, "job", "a");
        Assert.Equal(1u, await channel.QueuePurgeAsync(queue));
        await PublishAsync(channel, "", queue, "job", "a");
        Assert.Equal(["job"], await channel.TakeAllAsync(queue));
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        for (var i = 0; i < 2; i++) await PublishAsync(channel, "", queue, "job", "a");
        Assert.Equal(2, (await consumer.NextAsync(2)).Count);
    }

    [Fact]
    public async Task Queue_with_a_cache_remembers_keys_of_messages_that_are_gone()
    {
        var channel = await OpenAsync();
        var queue = await channel.DeclareQueueAsync(new(s_enabled) { ["x-cache-size"] = 10 });
        for (var i = 0; i < 2; i++)
        {
            await PublishAsync(channel, "", queue, "once", "a");
            await channel.TakeTextAsync(queue);
        }

        await PublishAsync(channel, "", queue, "once", "a");
        Assert.Equal(0u, await channel.MessageCountAsync(queue));
    }

    [Theory]
    [InlineData("x-cache-size", 0, "a number from 1 to 100000000, received '0' of type 'signedint'")]
    [InlineData("x-cache-ttl", "soon", "a number from 1 to 315360000000, received 'soon' of type 'longstr'")]
    [InlineData("x-deduplication-header", 5, "a string, received '5' of type 'signedint'")]
    [InlineData("x-cache-persistence", "disk", "memory, for keys are not written to disk, received 'disk' of type 'longstr'")]
    public async Task Unusable_arguments_are_refused(string argument, object value, string reason)
    {
        await OpenAsync();
        var arguments = new Dictionary<string, object?>(s_enabled) { [argument] = value };
        var text = $"PRECONDITION_FAILED - invalid arg '{argument}': expected {reason}";
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 406, text, () => channel.ExchangeDeclareAsync(NewExchangeName(), "fanout", arguments: arguments));
        channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 406, text, () => channel.DeclareQueueAsync(arguments));
    }

    private async Task<IChannel> OpenAsync()
    {
        SkipOnRabbitMq("drops no duplicates without a plugin");
        return await OpenConfirmChannelAsync();
    }

    private static async Task PublishAsync(
        IChannel channel, string exchange, string routingKey, string text, object? key, bool mandatory = false, int? cacheTtl = null,
        string header = "x-deduplication-header")
    {
        var headers = new Dictionary<string, object?>();
        if (key is not null) headers[header] = key;
        if (cacheTtl is not null) headers["x-cache-ttl"] = cacheTtl;
        await channel.BasicPublishAsync(exchange, routingKey, mandatory, new BasicProperties { Headers = headers }, Encoding.UTF8.GetBytes(text));
    }
}

public sealed class DeduplicationOnRabbitMq(RabbitMqFixture broker) : Deduplication(broker);

public sealed class DeduplicationOnHareMq(HareMqFixture broker) : Deduplication(broker);
