using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Exchanges;

/// <summary>RabbitMQ's alternate-exchange argument: where a message goes that its exchange could not route.</summary>
public abstract class AlternateExchanges(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Unrouted_message_goes_to_the_alternate_exchange()
    {
        var channel = await OpenChannelAsync();
        var (exchange, alternate) = await DeclareAsync(channel);
        var routed = await channel.DeclareBoundQueueAsync(exchange, "known");
        var unrouted = await channel.DeclareBoundQueueAsync(alternate);
        await channel.PublishTextAsync(exchange, "known", "first");
        await channel.PublishTextAsync(exchange, "unknown", "second");
        Assert.Equal(["first"], await channel.TakeAllAsync(routed));
        var message = await channel.BasicGetAsync(unrouted, autoAck: true);
        Assert.Equal((exchange, "unknown", "second", 0u), (message!.Exchange, message.RoutingKey, message.Text(), message.MessageCount));
    }

    [Fact]
    public async Task Alternate_exchange_has_its_own_alternate()
    {
        var channel = await OpenChannelAsync();
        var (last, middle, first) = (NewExchangeName(), NewExchangeName(), NewExchangeName());
        await channel.ExchangeDeclareAsync(last, "fanout");
        await channel.ExchangeDeclareAsync(middle, "direct", arguments: Alternate(last));
        await channel.ExchangeDeclareAsync(first, "direct", arguments: Alternate(middle));
        var queue = await channel.DeclareBoundQueueAsync(last);
        await channel.PublishTextAsync(first, "unknown", "handed on");
        Assert.Equal("handed on", await channel.TakeTextAsync(queue));
    }

    [Fact]
    public async Task Cycle_of_alternate_exchanges_ends()
    {
        var channel = await OpenChannelAsync();
        var (one, two) = (NewExchangeName(), NewExchangeName());
        await channel.ExchangeDeclareAsync(one, "direct", arguments: Alternate(two));
        await channel.ExchangeDeclareAsync(two, "direct", arguments: Alternate(one));
        var queue = await channel.DeclareBoundQueueAsync(two, "known");
        await channel.PublishTextAsync(one, "unknown", "nowhere to go");
        await channel.PublishTextAsync(one, "known", "by the alternate");
        Assert.Equal(["by the alternate"], await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Missing_alternate_exchange_is_ignored()
    {
        var wire = await OpenWireChannelAsync();
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct", arguments: Alternate("missing"));
        await wire.SendAsync(WireClient.Publish(1, exchange, "unknown", [1], mandatory: true));
        await wire.ExpectContentAsync(MethodId.BasicReturn, 1);
    }

    [Fact]
    public async Task Mandatory_message_that_its_alternate_routed_is_not_returned()
    {
        var wire = await OpenWireChannelAsync();
        var channel = await OpenChannelAsync();
        var (exchange, alternate) = await DeclareAsync(channel);
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendMethodAsync(1, MethodId.QueueBind, arguments => arguments
            .Short(0).ShortString(queue).ShortString(alternate).ShortString("").Bits(true).EmptyTable());
        await wire.SendAsync(WireClient.Publish(1, exchange, "unknown", [1], mandatory: true), WireClient.Get(1, queue, noAck: true));
        await wire.ExpectContentAsync(MethodId.BasicGetOk, 1);
    }

    private async Task<(string Exchange, string Alternate)> DeclareAsync(IChannel channel)
    {
        var (exchange, alternate) = (NewExchangeName(), NewExchangeName("alternate"));
        await channel.ExchangeDeclareAsync(alternate, "fanout");
        await channel.ExchangeDeclareAsync(exchange, "direct", arguments: Alternate(alternate));
        return (exchange, alternate);
    }

    private static Dictionary<string, object?> Alternate(string exchange) => new() { ["alternate-exchange"] = exchange };
}

public sealed class AlternateExchangesOnRabbitMq(RabbitMqFixture broker) : AlternateExchanges(broker);

public sealed class AlternateExchangesOnHareMq(HareMqFixture broker) : AlternateExchanges(broker);
