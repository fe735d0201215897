using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Exchanges;

/// <summary>AMQP 0-9-1 queue.bind and unbind, RabbitMQ's exchange.bind and unbind.</summary>
public abstract class Bindings(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Same_binding_twice_is_one_binding()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareBoundQueueAsync("amq.direct", "twice");
        await channel.QueueBindAsync(queue, "amq.direct", queue);
        await channel.QueueBindAsync(queue, "amq.direct", queue);
        await channel.PublishTextAsync("amq.direct", queue, "once");
        Assert.Equal(["once"], await channel.TakeAllAsync(queue));
        await channel.QueueUnbindAsync(queue, "amq.direct", queue);
        await channel.PublishTextAsync("amq.direct", queue, "never");
        Assert.Empty(await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Arguments_are_part_of_a_bindings_identity()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct");
        var queue = await channel.DeclareBoundQueueAsync(exchange, "key", new Dictionary<string, object?> { ["a"] = 1, ["b"] = 2 });
        await channel.QueueBindAsync(queue, exchange, "key");
        await channel.QueueUnbindAsync(queue, exchange, "key");
        await channel.PublishTextAsync(exchange, "key", "still bound");
        Assert.Equal("still bound", await channel.TakeTextAsync(queue));
        await channel.QueueUnbindAsync(queue, exchange, "key", new Dictionary<string, object?> { ["b"] = 2, ["a"] = 1 });
        await channel.PublishTextAsync(exchange, "key", "unbound");
        Assert.Null(await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Unbinding_what_is_not_bound_succeeds()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.QueueUnbindAsync(queue, "amq.direct", "never-bound");
        await channel.ExchangeUnbindAsync("amq.fanout", "amq.direct", "never-bound");
    }

    [Fact]
    public async Task Binding_a_missing_queue_is_404()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no queue 'missing' in vhost '/'",
            () => channel.QueueBindAsync("missing", "amq.direct", "key"));
    }

    [Fact]
    public async Task Binding_to_a_missing_exchange_is_404()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no exchange 'missing' in vhost '/'",
            () => channel.QueueBindAsync(queue, "missing", "key"));
    }

    [Theory]
    [InlineData(true, "NOT_FOUND - no queue 'missing' in vhost '/'")]
    [InlineData(false, "NOT_FOUND - no exchange 'missing' in vhost '/'")]
    public async Task Unbinding_a_missing_queue_or_exchange_is_404_in_HareMQ(bool missingQueue, string text)
    {
        var channel = await OpenChannelAsync();
        var queue = missingQueue ? "missing" : await channel.DeclareQueueAsync();
        var exchange = missingQueue ? "amq.direct" : "missing";
        if (Broker.IsRabbitMq) await channel.QueueUnbindAsync(queue, exchange, "key");
        else await ExpectChannelErrorAsync(channel, 404, text, () => channel.QueueUnbindAsync(queue, exchange, "key"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Default_exchange_can_be_neither_bound_nor_unbound(bool bind)
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await ExpectChannelErrorAsync(channel, 403, "ACCESS_REFUSED - operation not permitted on the default exchange",
            () => bind ? channel.QueueBindAsync(queue, "", queue) : channel.QueueUnbindAsync(queue, "", queue));
    }

    [Fact]
    public async Task Exchange_bound_to_a_missing_one_is_404()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no exchange 'missing' in vhost '/'",
            () => channel.ExchangeBindAsync("amq.fanout", "missing", ""));
    }

    [Fact]
    public async Task Empty_queue_and_key_mean_the_last_declared_queue_and_its_name()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await channel.QueueBindAsync("", "amq.direct", "");
        await channel.PublishTextAsync("amq.direct", queue, "by name");
        Assert.Equal("by name", await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Empty_key_with_a_named_queue_stays_empty()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct");
        var queue = await channel.DeclareBoundQueueAsync(exchange);
        await channel.PublishTextAsync(exchange, queue, "by name");
        await channel.PublishTextAsync(exchange, "", "by empty key");
        Assert.Equal(["by empty key"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Binding_without_a_declared_queue_is_404()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no previously declared queue",
            () => channel.QueueBindAsync("", "amq.direct", "key"));
    }

    [Fact]
    public async Task Message_goes_through_bound_exchanges_with_its_own_key_and_exchange()
    {
        var channel = await OpenChannelAsync();
        var (source, middle, last) = (NewExchangeName(), NewExchangeName(), NewExchangeName());
        await channel.ExchangeDeclareAsync(source, "topic");
        await channel.ExchangeDeclareAsync(middle, "fanout");
        await channel.ExchangeDeclareAsync(last, "direct");
        await channel.ExchangeBindAsync(middle, source, "orders.#");
        await channel.ExchangeBindAsync(last, middle, "ignored");
        var queue = await channel.DeclareBoundQueueAsync(last, "orders.new");
        await channel.PublishTextAsync(source, "orders.new", "through");
        await channel.PublishTextAsync(source, "orders.old", "stops at the last");
        await channel.PublishTextAsync(source, "letters", "stops at the first");
        var message = await channel.BasicGetAsync(queue, autoAck: true);
        Assert.Equal((source, "orders.new", "through", 0u), (message!.Exchange, message.RoutingKey, message.Text(), message.MessageCount));
    }

    [Fact]
    public async Task Cycle_of_exchanges_delivers_once()
    {
        var channel = await OpenChannelAsync();
        var (one, two) = (NewExchangeName(), NewExchangeName());
        await channel.ExchangeDeclareAsync(one, "fanout");
        await channel.ExchangeDeclareAsync(two, "fanout");
        await channel.ExchangeBindAsync(two, one, "");
        await channel.ExchangeBindAsync(one, two, "");
        await channel.ExchangeBindAsync(one, one, "");
        var queue = await channel.DeclareBoundQueueAsync(one);
        await channel.QueueBindAsync(queue, two, "");
        await channel.PublishTextAsync(one, "", "once");
        Assert.Equal(["once"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Unbound_exchange_gets_nothing_more()
    {
        var channel = await OpenChannelAsync();
        var (source, destination) = (NewExchangeName(), NewExchangeName());
        await channel.ExchangeDeclareAsync(source, "fanout");
        await channel.ExchangeDeclareAsync(destination, "fanout");
        await channel.ExchangeBindAsync(destination, source, "");
        var queue = await channel.DeclareBoundQueueAsync(destination);
        await channel.PublishTextAsync(source, "", "before");
        await channel.ExchangeUnbindAsync(destination, source, "");
        await channel.PublishTextAsync(source, "", "after");
        Assert.Equal(["before"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Exchange_unbind_is_answered_with_method_51()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.ExchangeUnbind, arguments => arguments
            .Short(0).ShortString("amq.fanout").ShortString("amq.direct").ShortString("key").Bits(false).EmptyTable());
        await wire.ExpectAsync(MethodId.ExchangeUnbindOk, 1);
    }

    [Fact]
    public async Task Binding_without_wait_has_no_answer()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendMethodAsync(1, MethodId.QueueBind, arguments => arguments
            .Short(0).ShortString(queue).ShortString("amq.direct").ShortString(queue).Bits(true).EmptyTable());
        await wire.SendMethodAsync(1, MethodId.ExchangeBind, arguments => arguments
            .Short(0).ShortString("amq.fanout").ShortString("amq.direct").ShortString(queue).Bits(true).EmptyTable());
        await wire.SendMethodAsync(1, MethodId.ExchangeUnbind, arguments => arguments
            .Short(0).ShortString("amq.fanout").ShortString("amq.direct").ShortString(queue).Bits(true).EmptyTable());
        await wire.SendAsync(WireClient.Publish(1, "amq.direct", queue, "bound"u8.ToArray()), WireClient.Get(1, queue, noAck: true));
        Assert.Equal("bound"u8.ToArray(), (await wire.ExpectContentAsync(MethodId.BasicGetOk, 1)).Body);
    }
}

public sealed class BindingsOnRabbitMq(RabbitMqFixture broker) : Bindings(broker);

public sealed class BindingsOnHareMq(HareMqFixture broker) : Bindings(broker);
