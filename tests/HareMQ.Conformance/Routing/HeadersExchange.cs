using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Routing;

/// <summary>AMQP 0-9-1 §3.1.3.5, the headers exchange, with RabbitMQ's values of x-match.</summary>
public abstract class HeadersExchange(BrokerFixture broker) : ConformanceTest(broker)
{
    /// <summary>Binding arguments, message headers, and whether they match. "1" is a string, "#1" the integer, "?" a void value.</summary>
    [Theory]
    [InlineData("x-match=all,a=1,b=2", "a=1,b=2,c=3", true)]
    [InlineData("x-match=all,a=1,b=2", "a=1", false)]
    [InlineData("x-match=all,a=1,b=2", "a=1,b=3", false)]
    [InlineData("a=1,b=2", "a=1,b=2", true)]
    [InlineData("a=1,b=2", "a=1", false)]
    [InlineData("x-match=any,a=1,b=2", "b=2", true)]
    [InlineData("x-match=any,a=1,b=2", "b=3,a=0", false)]
    [InlineData("x-match=any,a=1,b=2", "", false)]
    [InlineData("x-match=all", "", true)]
    [InlineData("x-match=all", "a=1", true)]
    [InlineData("", "a=1", true)]
    [InlineData("x-match=any", "a=1", false)]
    [InlineData("x-match=all,a=#1", "a=#1", true)]
    [InlineData("x-match=all,a=#1", "a=1", false)]
    [InlineData("x-match=all,a=?", "a=anything", true)]
    [InlineData("x-match=all,a=?", "b=anything", false)]
    [InlineData("x-match=all,x-a=1,b=2", "b=2", true)]
    [InlineData("x-match=any,x-a=1,b=2", "x-a=1", false)]
    public async Task Message_matches_by_its_headers(string binding, string headers, bool matches)
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "headers");
        var queue = await channel.DeclareBoundQueueAsync(exchange, "ignored", Parse(binding));
        await channel.BasicPublishAsync(exchange, "", false, new BasicProperties { Headers = Parse(headers) }, "hit"u8.ToArray());
        Assert.Equal(matches ? "hit" : null, await channel.TakeTextAsync(queue));
    }

    [Theory]
    [InlineData("x-match=all-with-x,x-a=1,b=2", "x-a=1,b=2", true)]
    [InlineData("x-match=all-with-x,x-a=1,b=2", "b=2", false)]
    [InlineData("x-match=any-with-x,x-a=1,b=2", "x-a=1", true)]
    [InlineData("x-match=any-with-x,x-a=1,b=2", "x-a=2", false)]
    public async Task Headers_that_start_with_x_take_part_on_request(string binding, string headers, bool matches) =>
        await Message_matches_by_its_headers(binding, headers, matches);

    [Fact]
    public async Task Message_without_a_header_table_matches_an_empty_binding()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "headers");
        var queue = await channel.DeclareBoundQueueAsync(exchange);
        await channel.PublishTextAsync(exchange, "", "plain");
        Assert.Equal("plain", await channel.TakeTextAsync(queue));
    }

    [Theory]
    [InlineData("x-match=some,a=1")]
    [InlineData("x-match=#1,a=1")]
    public async Task Unknown_x_match_is_406(string binding)
    {
        var channel = await OpenChannelAsync();
        var queue = await channel.DeclareQueueAsync();
        await ExpectChannelErrorAsync(channel, 406,
            binding.Contains('#', StringComparison.Ordinal)
                ? "PRECONDITION_FAILED - Invalid x-match field type signedint (value 1); expected longstr"
                : "PRECONDITION_FAILED - Invalid x-match field value <<\"some\">>; expected all, any, all-with-x, or any-with-x",
            () => channel.QueueBindAsync(queue, "amq.headers", "", Parse(binding)));
    }

    private static Dictionary<string, object?> Parse(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(field => field.Split('='))
        .ToDictionary(field => field[0], field => field[1] switch
        {
            "?" => null,
            ['#', .. var number] => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture),
            var value => (object?)value,
        });
}

public sealed class HeadersExchangeOnRabbitMq(RabbitMqFixture broker) : HeadersExchange(broker);

public sealed class HeadersExchangeOnHareMq(HareMqFixture broker) : HeadersExchange(broker);
