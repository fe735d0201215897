using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Routing;

/// <summary>AMQP 0-9-1 §3.1.3: which queues the four exchange types and the default exchange choose.</summary>
public abstract class ExchangeTypes(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Default_exchange_routes_by_queue_name()
    {
        var channel = await OpenChannelAsync();
        var (queue, other) = (await channel.DeclareQueueAsync(), await channel.DeclareQueueAsync());
        await channel.PublishTextAsync("", queue, "mine");
        var message = await channel.BasicGetAsync(queue, autoAck: true);
        Assert.Equal(("", queue, "mine"), (message!.Exchange, message.RoutingKey, message.Text()));
        Assert.Null(await channel.TakeTextAsync(other));
    }

    [Fact]
    public async Task Direct_exchange_routes_by_the_whole_key_to_every_queue_bound_with_it()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct");
        var (one, two) = (await channel.DeclareBoundQueueAsync(exchange, "key"), await channel.DeclareBoundQueueAsync(exchange, "key"));
        var pattern = await channel.DeclareBoundQueueAsync(exchange, "#");
        foreach (var key in new[] { "key", "KEY", "key.more", "" }) await channel.PublishTextAsync(exchange, key, key);
        Assert.Equal(["key"], await channel.TakeAllAsync(one));
        Assert.Equal(["key"], await channel.TakeAllAsync(two));
        Assert.Empty(await channel.TakeAllAsync(pattern));
    }

    [Fact]
    public async Task Fanout_exchange_ignores_the_key()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "fanout");
        var (one, two) = (await channel.DeclareBoundQueueAsync(exchange, "a"), await channel.DeclareBoundQueueAsync(exchange, "b"));
        await channel.PublishTextAsync(exchange, "c", "to all");
        Assert.Equal(["to all"], await channel.TakeAllAsync(one));
        Assert.Equal(["to all"], await channel.TakeAllAsync(two));
    }

    [Theory]
    [InlineData("a.b.c", "a.b.c", true)]
    [InlineData("a.b.c", "a.b", false)]
    [InlineData("a.b", "a.b.c", false)]
    [InlineData("a.*.c", "a.b.c", true)]
    [InlineData("a.*.c", "a..c", true)]
    [InlineData("a.*.c", "a.c", false)]
    [InlineData("a.*.c", "a.b.b.c", false)]
    [InlineData("*", "a", true)]
    [InlineData("*", "", false)]
    [InlineData("*", "a.b", false)]
    [InlineData("*.*", ".", true)]
    [InlineData("#", "", true)]
    [InlineData("#", "a", true)]
    [InlineData("#", "a.b.c", true)]
    [InlineData("a.#", "a", true)]
    [InlineData("a.#", "a.b.c", true)]
    [InlineData("a.#", "ab", false)]
    [InlineData("#.c", "c", true)]
    [InlineData("#.c", "a.b.c", true)]
    [InlineData("#.c", "a.b.cc", false)]
    [InlineData("a.#.c", "a.c", true)]
    [InlineData("a.#.c", "a.b.b.c", true)]
    [InlineData("a.#.c", "a.b.d", false)]
    [InlineData("#.b.#", "b", true)]
    [InlineData("#.b.#", "a.b.c", true)]
    [InlineData("#.b.#", "a.c", false)]
    [InlineData("*.#", "", false)]
    [InlineData("*.#", "a", true)]
    [InlineData("#.*", "a.b", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a*.b", "a*.b", true)]
    [InlineData("a*.b", "ax.b", false)]
    [InlineData("A.b", "a.b", false)]
    [InlineData("a.", "a.", true)]
    [InlineData("a.", "a", false)]
    [InlineData("a.*", "a.", true)]
    public async Task Topic_exchange_matches_word_by_word(string bindingKey, string routingKey, bool matches)
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "topic");
        var queue = await channel.DeclareBoundQueueAsync(exchange, bindingKey);
        await channel.PublishTextAsync(exchange, routingKey, "hit");
        Assert.Equal(matches ? "hit" : null, await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Queue_bound_by_several_matching_patterns_gets_one_copy()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "topic");
        var queue = await channel.DeclareBoundQueueAsync(exchange, "a.*");
        foreach (var pattern in new[] { "#", "a.b", "*.b", "#.b" }) await channel.QueueBindAsync(queue, exchange, pattern);
        await channel.PublishTextAsync(exchange, "a.b", "once");
        Assert.Equal(["once"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Unbound_pattern_matches_no_more_and_its_neighbours_still_do()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "topic");
        var queue = await channel.DeclareBoundQueueAsync(exchange, "a.#");
        await channel.QueueBindAsync(queue, exchange, "a.b.#");
        await channel.QueueUnbindAsync(queue, exchange, "a.#");
        await channel.PublishTextAsync(exchange, "a.c", "gone");
        await channel.PublishTextAsync(exchange, "a.b.c", "kept");
        Assert.Equal(["kept"], await channel.TakeAllAsync(queue));
    }
}

public sealed class ExchangeTypesOnRabbitMq(RabbitMqFixture broker) : ExchangeTypes(broker);

public sealed class ExchangeTypesOnHareMq(HareMqFixture broker) : ExchangeTypes(broker);
