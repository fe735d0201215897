using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Administration;

public abstract class PoliciesOfExchanges(BrokerFixture broker) : PolicyTest(broker)
{
    [Fact]
    public async Task Alternate_exchange_comes_and_goes_with_its_policy()
    {
        var (channel, exchange, alternate) = (await OpenChannelAsync(), NewExchangeName(), NewExchangeName());
        await channel.ExchangeDeclareAsync(alternate, "fanout");
        await channel.ExchangeDeclareAsync(exchange, "direct");
        var queue = await channel.DeclareBoundQueueAsync(alternate);
        await channel.PublishTextAsync(exchange, "unknown", "before");
        await SetAsync(exchange, $$"""{"alternate-exchange":"{{alternate}}"}""");
        await channel.PublishTextAsync(exchange, "unknown", "during");
        Assert.Equal(["during"], await channel.TakeAllAsync(queue));
        await ClearAsync(exchange);
        await channel.PublishTextAsync(exchange, "unknown", "after");
        Assert.Empty(await channel.TakeAllAsync(queue));
    }

    [Fact]
    public async Task Alternate_exchange_argument_wins()
    {
        var (channel, exchange, argued, alternate) = (await OpenChannelAsync(), NewExchangeName(), NewExchangeName(), NewExchangeName());
        await channel.ExchangeDeclareAsync(alternate, "fanout");
        await channel.ExchangeDeclareAsync(argued, "fanout");
        await SetAsync(exchange, $$"""{"alternate-exchange":"{{alternate}}"}""", applyTo: "exchanges");
        var arguments = new Dictionary<string, object?> { ["alternate-exchange"] = argued };
        await channel.ExchangeDeclareAsync(exchange, "direct", arguments: arguments);
        var queue = await channel.DeclareBoundQueueAsync(argued);
        await channel.PublishTextAsync(exchange, "unknown", "by the argument");
        Assert.Equal(["by the argument"], await channel.TakeAllAsync(queue));
    }
}

public sealed class PoliciesOfExchangesOnRabbitMq(RabbitMqFixture broker) : PoliciesOfExchanges(broker);

public sealed class PoliciesOfExchangesOnHareMq(HareMqFixture broker) : PoliciesOfExchanges(broker);
