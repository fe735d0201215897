using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Routing;

/// <summary>RabbitMQ's CC and BCC headers: more routing keys for one message.</summary>
public abstract class SenderSelectedKeys(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Message_goes_to_its_key_its_cc_and_its_bcc_once_each()
    {
        var channel = await OpenChannelAsync();
        var (to, cc, bcc) = (await channel.DeclareQueueAsync(), await channel.DeclareQueueAsync(), await channel.DeclareQueueAsync());
        await PublishAsync(channel, "", to, new() { ["CC"] = new List<object?> { cc, to }, ["BCC"] = new List<object?> { bcc, cc } });
        foreach (var queue in new[] { to, cc, bcc })
        {
            var message = await channel.BasicGetAsync(queue, autoAck: true);
            Assert.Equal((to, 0u), (message!.RoutingKey, message.MessageCount));
        }
    }

    [Fact]
    public async Task Bcc_is_removed_and_cc_stays()
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await PublishAsync(channel, "", queue,
            new() { ["CC"] = new List<object?> { "copy" }, ["BCC"] = new List<object?> { "blind" }, ["other"] = "kept" });
        var headers = (await channel.BasicGetAsync(queue, autoAck: true))!.BasicProperties.Headers!;
        Assert.Equal(["CC", "other"], headers.Keys.Order());
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("topic")]
    public async Task Keys_of_cc_and_bcc_are_routed_like_the_key_itself(string type)
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, type);
        var (cc, bcc) = (await channel.DeclareBoundQueueAsync(exchange, "copy"), await channel.DeclareBoundQueueAsync(exchange, "blind"));
        await PublishAsync(channel, exchange, "nowhere",
            new() { ["CC"] = new List<object?> { "copy" }, ["BCC"] = new List<object?> { "blind" } });
        Assert.NotNull(await channel.TakeTextAsync(cc));
        Assert.NotNull(await channel.TakeTextAsync(bcc));
    }

    [Theory]
    [InlineData("CC")]
    [InlineData("BCC")]
    public async Task Header_that_is_no_array_is_406(string header)
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - invalid message: {{unacceptable_type_in_header,\"{header}\",longstr}}",
            () => PublishAsync(channel, "", queue, new() { [header] = "no array" }));
    }

    private static async Task PublishAsync(IChannel channel, string exchange, string key, Dictionary<string, object?> headers) =>
        await channel.BasicPublishAsync(exchange, key, false, new BasicProperties { Headers = headers }, "body"u8.ToArray());
}

public sealed class SenderSelectedKeysOnRabbitMq(RabbitMqFixture broker) : SenderSelectedKeys(broker);

public sealed class SenderSelectedKeysOnHareMq(HareMqFixture broker) : SenderSelectedKeys(broker);
