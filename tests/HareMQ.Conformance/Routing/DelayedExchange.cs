using System.Diagnostics;
using System.Text;
using HareMQ.Conformance.Harness;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Conformance.Routing;

/// <summary>Type x-delayed-message, as RabbitMQ's plugin has it, and beyond. RabbitMQ 3.10 itself has no such type.</summary>
public abstract class DelayedExchange(BrokerFixture broker) : ConformanceTest(broker)
{
    private const string NoPlugin = "has no exchange type x-delayed-message without a plugin";
    private const string TypeText = "PRECONDITION_FAILED - Invalid argument, 'x-delayed-type' must be an existing exchange type";

    [Fact]
    public async Task Message_comes_after_its_delay_with_a_negative_header()
    {
        var (channel, exchange, queue) = await OpenAsync("direct");
        var watch = Stopwatch.StartNew();
        await PublishAsync(channel, exchange, queue, "later", 300);
        Assert.Null(await channel.TakeTextAsync(queue));
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        var delivery = await consumer.NextAsync();
        Assert.True(watch.ElapsedMilliseconds >= 300, $"it came after {watch.ElapsedMilliseconds} ms");
        Assert.Equal("later", delivery.Text);
        Assert.Equal((exchange, queue), (delivery.Exchange, delivery.RoutingKey));
        Assert.Equal(-300, delivery.Properties.Headers!["x-delay"]);
    }

    [Fact]
    public async Task Messages_come_in_the_order_of_their_times()
    {
        var (channel, exchange, queue) = await OpenAsync("direct");
        await PublishAsync(channel, exchange, queue, "third", 600);
        await PublishAsync(channel, exchange, queue, "first", 200);
        await PublishAsync(channel, exchange, queue, "second", 400);
        await PublishAsync(channel, exchange, queue, "at once", null);
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        var texts = (await consumer.NextAsync(4)).ConvertAll(delivery => delivery.Text);
        Assert.Equal(["at once", "first", "second", "third"], texts);
    }

    [Theory]
    [InlineData("fanout", "", "anything")]
    [InlineData("topic", "a.#", "a.b")]
    [InlineData("x-random", "", "anything")]
    public async Task Inner_type_routes_what_has_waited(string type, string bindingKey, string routingKey)
    {
        var (channel, exchange, queue) = await OpenAsync(type, bindingKey);
        await PublishAsync(channel, exchange, routingKey, "routed", 50);
        await Eventually.Equal(1u, () => channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Message_that_waits_is_not_returned()
    {
        var (channel, exchange, _) = await OpenAsync("direct");
        // Ends with the confirm, and throws when the message comes back.
        await PublishAsync(channel, exchange, "nobody", "unroutable", 50, mandatory: true);
        await Assert.ThrowsAnyAsync<PublishException>(async () => await PublishAsync(channel, exchange, "nobody", "now", 0, mandatory: true));
    }

    [Fact]
    public async Task What_waits_is_counted_and_cancelled_under_a_name_of_its_own()
    {
        var (channel, exchange, queue) = await OpenAsync("direct");
        for (var i = 0; i < 3; i++) await PublishAsync(channel, exchange, queue, "never", 3_600_000);
        var waiting = "amq.delayed-" + exchange;
        Assert.Equal(3u, (await channel.QueueDeclarePassiveAsync(waiting)).MessageCount);
        Assert.Equal(3u, await channel.QueuePurgeAsync(waiting));
        Assert.Equal(0u, (await channel.QueueDeclarePassiveAsync(waiting)).MessageCount);
    }

    [Fact]
    public async Task Delays_chain_from_exchange_to_exchange_only_once()
    {
        var (channel, exchange, queue) = await OpenAsync("direct");
        var outer = NewExchangeName();
        await DeclareAsync(channel, outer, "fanout");
        await channel.ExchangeBindAsync(exchange, outer, "");
        await PublishAsync(channel, outer, queue, "once", 100);
        await Eventually.Equal(1u, () => channel.MessageCountAsync(queue));
    }

    [Fact]
    public async Task Dead_letters_may_be_delayed()
    {
        var (channel, exchange, queue) = await OpenAsync("direct");
        var retried = await channel.DeclareQueueAsync(new() { ["x-dead-letter-exchange"] = exchange, ["x-dead-letter-routing-key"] = queue });
        await channel.BasicPublishAsync("", retried, false, Properties(100), "again"u8.ToArray());
        var message = await channel.BasicGetAsync(retried, autoAck: false);
        await channel.BasicRejectAsync(message!.DeliveryTag, requeue: false);
        var consumer = await TestConsumer.StartAsync(channel, queue, autoAck: true);
        var delivery = await consumer.NextAsync();
        Assert.Equal(retried, Encoding.UTF8.GetString((byte[])delivery.Properties.Headers!["x-first-death-queue"]!));
    }

    [Fact]
    public async Task Exchange_needs_the_type_of_its_routing()
    {
        SkipOnRabbitMq(NoPlugin);
        await ExpectRefusedAsync(null, TypeText);
        await ExpectRefusedAsync("no-such-type", TypeText);
        await ExpectRefusedAsync("x-delayed-message",
            "PRECONDITION_FAILED - Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'");
    }

    [Fact]
    public async Task Exchange_is_declared_again_with_the_same_inner_type_only()
    {
        var (channel, exchange, _) = await OpenAsync("direct");
        await DeclareAsync(channel, exchange, "direct");
        await ExpectChannelErrorAsync(
            channel, 406,
            $"PRECONDITION_FAILED - inequivalent arg 'x-delayed-type' for exchange '{exchange}' in vhost '/': received 'fanout' but current is 'direct'",
            () => DeclareAsync(channel, exchange, "fanout"));
    }

    [Fact]
    public async Task Delay_of_more_than_a_year_is_refused()
    {
        var (_, exchange, queue) = await OpenAsync("direct");
        var channel = await OpenChannelAsync();
        await PublishAsync(channel, exchange, queue, "a year", 31_536_000_000);
        await ExpectChannelErrorAsync(
            channel, 406,
            "PRECONDITION_FAILED - x-delay of 31536000001 ms is longer than the longest delay, 31536000000 ms (365 days)",
            () => PublishAsync(channel, exchange, queue, "more", 31_536_000_001));
    }

    private async Task ExpectRefusedAsync(string? type, string text)
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 406, text, () => DeclareAsync(channel, NewExchangeName(), type));
    }

    private async Task<(IChannel Channel, string Exchange, string Queue)> OpenAsync(string type, string? bindingKey = null)
    {
        SkipOnRabbitMq(NoPlugin);
        var channel = await OpenConfirmChannelAsync();
        var exchange = NewExchangeName();
        await DeclareAsync(channel, exchange, type);
        var queue = await channel.DeclareQueueAsync();
        await channel.QueueBindAsync(queue, exchange, bindingKey ?? queue);
        return (channel, exchange, queue);
    }

    private static Task DeclareAsync(IChannel channel, string exchange, string? type) => channel.ExchangeDeclareAsync(
        exchange, "x-delayed-message", durable: true, autoDelete: false,
        type is null ? null : new Dictionary<string, object?> { ["x-delayed-type"] = type });

    private static async Task PublishAsync(
        IChannel channel, string exchange, string key, string text, long? delayMilliseconds, bool mandatory = false) =>
        await channel.BasicPublishAsync(exchange, key, mandatory, Properties(delayMilliseconds), Encoding.UTF8.GetBytes(text));

    /// <summary>As an int where it fits, as most clients write it.</summary>
    private static BasicProperties Properties(long? delayMilliseconds) => new()
    {
        Persistent = true,
        Headers = delayMilliseconds is not { } delay
            ? null
            : new Dictionary<string, object?> { ["x-delay"] = delay <= int.MaxValue ? (object)(int)delay : delay },
    };
}

public sealed class DelayedExchangeOnRabbitMq(RabbitMqFixture broker) : DelayedExchange(broker);

public sealed class DelayedExchangeOnHareMq(HareMqFixture broker) : DelayedExchange(broker);
