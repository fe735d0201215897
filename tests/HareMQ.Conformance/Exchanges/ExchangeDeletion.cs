using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Exchanges;

/// <summary>AMQP 0-9-1 exchange.delete, auto-delete, and what goes with an exchange.</summary>
public abstract class ExchangeDeletion(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Deleted_exchange_is_gone()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct");
        await channel.ExchangeDeleteAsync(exchange);
        await ExpectChannelErrorAsync(channel, 404, $"NOT_FOUND - no exchange '{exchange}' in vhost '/'",
            () => channel.ExchangeDeclarePassiveAsync(exchange));
    }

    [Fact]
    public async Task Deleting_a_missing_exchange_succeeds()
    {
        var channel = await OpenChannelAsync();
        await channel.ExchangeDeleteAsync("missing");
        await channel.ExchangeDeleteAsync("missing", ifUnused: true);
    }

    [Theory]
    [InlineData("amq.direct")]
    [InlineData("amq.rabbitmq.trace")]
    public async Task Deleting_a_system_exchange_is_403(string exchange)
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 403, $"ACCESS_REFUSED - deletion of system exchange '{exchange}' in vhost '/' not allowed",
            () => channel.ExchangeDeleteAsync(exchange));
    }

    [Fact]
    public async Task Deleting_the_default_exchange_is_403()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 403, "ACCESS_REFUSED - operation not permitted on the default exchange",
            () => channel.ExchangeDeleteAsync(""));
    }

    [Fact]
    public async Task Deleting_a_bound_exchange_if_unused_is_406()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct");
        await channel.DeclareBoundQueueAsync(exchange, "key");
        await ExpectChannelErrorAsync(channel, 406, $"PRECONDITION_FAILED - exchange '{exchange}' in vhost '/' in use",
            () => channel.ExchangeDeleteAsync(exchange, ifUnused: true));
    }

    [Fact]
    public async Task Exchange_that_is_only_a_destination_is_unused()
    {
        var channel = await OpenChannelAsync();
        var (source, destination) = (NewExchangeName(), NewExchangeName());
        await channel.ExchangeDeclareAsync(source, "fanout");
        await channel.ExchangeDeclareAsync(destination, "fanout");
        await channel.ExchangeBindAsync(destination, source, "");
        await channel.ExchangeDeleteAsync(destination, ifUnused: true);
        await channel.ExchangeDeleteAsync(source, ifUnused: true);
    }

    [Fact]
    public async Task Bindings_go_with_their_exchange()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "fanout");
        var queue = await channel.DeclareBoundQueueAsync(exchange);
        await channel.ExchangeDeleteAsync(exchange);
        await channel.ExchangeDeclareAsync(exchange, "fanout");
        await channel.PublishTextAsync(exchange, "", "nobody listens");
        Assert.Null(await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Auto_delete_exchange_goes_with_its_last_binding()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct", autoDelete: true);
        var queue = await channel.DeclareBoundQueueAsync(exchange, "one");
        await channel.QueueBindAsync(queue, exchange, "two");
        await channel.QueueUnbindAsync(queue, exchange, "one");
        await channel.ExchangeDeclarePassiveAsync(exchange);
        await channel.QueueUnbindAsync(queue, exchange, "two");
        await ExpectChannelErrorAsync(channel, 404, $"NOT_FOUND - no exchange '{exchange}' in vhost '/'",
            () => channel.ExchangeDeclarePassiveAsync(exchange));
    }

    [Fact]
    public async Task Auto_delete_exchange_goes_with_the_last_queue_bound_to_it()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct", autoDelete: true);
        var queue = await channel.DeclareBoundQueueAsync(exchange, "one");
        await channel.QueueDeleteAsync(queue);
        await ExpectChannelErrorAsync(channel, 404, $"NOT_FOUND - no exchange '{exchange}' in vhost '/'",
            () => channel.ExchangeDeclarePassiveAsync(exchange));
    }

    [Fact]
    public async Task Auto_delete_goes_through_a_chain_of_exchanges()
    {
        var channel = await OpenChannelAsync();
        var (first, second) = (NewExchangeName(), NewExchangeName());
        await channel.ExchangeDeclareAsync(first, "fanout", autoDelete: true);
        await channel.ExchangeDeclareAsync(second, "fanout", autoDelete: true);
        await channel.ExchangeBindAsync(second, first, "");
        var queue = await channel.DeclareBoundQueueAsync(second);
        await channel.QueueDeleteAsync(queue);
        var other = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404, $"NOT_FOUND - no exchange '{second}' in vhost '/'",
            () => channel.ExchangeDeclarePassiveAsync(second));
        await ExpectChannelErrorAsync(other, 404, $"NOT_FOUND - no exchange '{first}' in vhost '/'",
            () => other.ExchangeDeclarePassiveAsync(first));
    }

    [Fact]
    public async Task Auto_delete_exchange_that_never_had_a_binding_stays()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct", autoDelete: true);
        var queue = await channel.DeclareQueueAsync();
        await channel.QueueUnbindAsync(queue, exchange, "never-bound");
        await channel.ExchangeDeclarePassiveAsync(exchange);
    }

    [Fact]
    public async Task Deletion_without_wait_has_no_answer()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.ExchangeDelete, arguments => arguments.Short(0).ShortString("missing").Bits(false, true));
        await wire.DeclareQueueAsync(1);
    }
}

public sealed class ExchangeDeletionOnRabbitMq(RabbitMqFixture broker) : ExchangeDeletion(broker);

public sealed class ExchangeDeletionOnHareMq(HareMqFixture broker) : ExchangeDeletion(broker);
