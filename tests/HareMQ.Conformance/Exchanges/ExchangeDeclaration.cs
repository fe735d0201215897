using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Exchanges;

/// <summary>AMQP 0-9-1 exchange.declare: types, names, equivalence.</summary>
public abstract class ExchangeDeclaration(BrokerFixture broker) : ConformanceTest(broker)
{
    [Theory]
    [InlineData("direct")]
    [InlineData("fanout")]
    [InlineData("topic")]
    [InlineData("headers")]
    public async Task Exchange_is_declared_and_declared_again(string type)
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        for (var n = 0; n < 2; n++) await channel.ExchangeDeclareAsync(exchange, type, durable: true);
        await channel.ExchangeDeclarePassiveAsync(exchange);
    }

    [Fact]
    public async Task Unknown_type_is_refused()
    {
        var channel = await OpenWireChannelAsync();
        await channel.SendAsync(Declare(1, NewExchangeName(), "no-such-type"));
        if (Broker.IsRabbitMq)
        {
            // 3.13 and later, and HareMQ, make this the channel's own error.
            Assert.Equal(
                new WireClose(503, "COMMAND_INVALID - unknown exchange type 'no-such-type'", MethodId.ExchangeDeclare),
                await channel.ExpectConnectionCloseAsync());
            return;
        }
        Assert.Equal(
            new WireClose(406, "PRECONDITION_FAILED - unknown exchange type 'no-such-type'", MethodId.ExchangeDeclare),
            await channel.ExpectChannelCloseAsync(1));
    }

    [Theory]
    [InlineData("type", "received 'fanout' but current is 'direct'")]
    [InlineData("durable", "received 'true' but current is 'false'")]
    [InlineData("auto_delete", "received 'true' but current is 'false'")]
    [InlineData("internal", "received 'true' but current is 'false'")]
    public async Task Declaration_that_differs_is_406(string property, string difference)
    {
        var wire = await OpenWireChannelAsync();
        var exchange = NewExchangeName();
        await wire.SendAsync(Declare(1, exchange, "direct"));
        await wire.ExpectAsync(MethodId.ExchangeDeclareOk, 1);
        await wire.SendAsync(Declare(1, exchange, property == "type" ? "fanout" : "direct",
            durable: property == "durable", autoDelete: property == "auto_delete", isInternal: property == "internal"));
        var close = await wire.ExpectChannelCloseAsync(1);
        Assert.Equal(406, close.Code);
        Assert.Equal($"PRECONDITION_FAILED - inequivalent arg '{property}' for exchange '{exchange}' in vhost '/': {difference}",
            close.Text);
    }

    [Fact]
    public async Task Alternate_exchange_that_differs_is_406()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct", arguments: AlternateExchange("amq.fanout"));
        await ExpectChannelErrorAsync(channel, 406,
            $"PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange '{exchange}' in vhost '/': "
            + "received none but current is the value 'amq.fanout' of type 'longstr'",
            () => channel.ExchangeDeclareAsync(exchange, "direct"));
    }

    [Fact]
    public async Task Other_arguments_are_stored_and_not_compared()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync(exchange, "direct", arguments: new Dictionary<string, object?> { ["x-colour"] = "red" });
        await channel.ExchangeDeclareAsync(exchange, "direct", arguments: new Dictionary<string, object?> { ["x-colour"] = "blue" });
        await channel.ExchangeDeclareAsync(exchange, "direct");
    }

    [Fact]
    public async Task Passive_declaration_of_a_missing_exchange_is_404()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 404, "NOT_FOUND - no exchange 'missing' in vhost '/'",
            () => channel.ExchangeDeclarePassiveAsync("missing"));
    }

    [Fact]
    public async Task Passive_declaration_looks_at_the_name_alone()
    {
        var wire = await OpenWireChannelAsync();
        var exchange = NewExchangeName();
        await wire.SendAsync(Declare(1, exchange, "direct"), Declare(1, exchange, "topic", passive: true, durable: true, autoDelete: true));
        await wire.ExpectAsync(MethodId.ExchangeDeclareOk, 1);
        await wire.ExpectAsync(MethodId.ExchangeDeclareOk, 1);
    }

    [Theory]
    [InlineData("amq.direct", "direct")]
    [InlineData("amq.fanout", "fanout")]
    [InlineData("amq.topic", "topic")]
    [InlineData("amq.headers", "headers")]
    [InlineData("amq.match", "headers")]
    public async Task Predeclared_exchange_is_there_durable_and_may_be_declared_again(string exchange, string type)
    {
        var channel = await OpenChannelAsync();
        await channel.ExchangeDeclarePassiveAsync(exchange);
        await channel.ExchangeDeclareAsync(exchange, type, durable: true);
    }

    [Fact]
    public async Task Name_with_the_reserved_prefix_is_403()
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 403, "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
            () => channel.ExchangeDeclareAsync("amq.mine", "direct"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Declaration_of_the_default_exchange_is_403(bool passive)
    {
        var channel = await OpenChannelAsync();
        await ExpectChannelErrorAsync(channel, 403, "ACCESS_REFUSED - operation not permitted on the default exchange",
            () => passive ? channel.ExchangeDeclarePassiveAsync("") : channel.ExchangeDeclareAsync("", "direct", durable: true));
    }

    [Theory]
    [InlineData("with space/slash%percent.dot")]
    [InlineData("Gänsefüßchen „ж“ 🐇")]
    public async Task Any_characters_may_stand_in_a_name(string characters)
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName(characters);
        await channel.ExchangeDeclareAsync(exchange, "fanout");
        var queue = await channel.DeclareBoundQueueAsync(exchange);
        await channel.PublishTextAsync(exchange, "", "hello");
        Assert.Equal(exchange, (await channel.BasicGetAsync(queue, autoAck: true))!.Exchange);
    }

    [Fact]
    public async Task Name_of_255_bytes_is_accepted()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName(new string('n', 255 - 33));
        Assert.Equal(255, exchange.Length);
        await channel.ExchangeDeclareAsync(exchange, "direct");
        await channel.ExchangeDeclarePassiveAsync(exchange);
    }

    [Fact]
    public async Task Line_ends_are_stripped_from_a_name()
    {
        var channel = await OpenChannelAsync();
        var exchange = NewExchangeName();
        await channel.ExchangeDeclareAsync($"{exchange}\r\n", "direct");
        await channel.ExchangeDeclarePassiveAsync(exchange);
    }

    [Fact]
    public async Task Declaration_without_wait_has_no_answer()
    {
        var wire = await OpenWireChannelAsync();
        var exchange = NewExchangeName();
        await wire.SendAsync(Declare(1, exchange, "direct", noWait: true), Declare(1, exchange, "direct", passive: true));
        await wire.ExpectAsync(MethodId.ExchangeDeclareOk, 1);
        await wire.SendAsync(Declare(1, exchange, "direct", noWait: true, durable: true));
        Assert.Equal(406, (await wire.ExpectChannelCloseAsync(1)).Code);
    }

    private static Dictionary<string, object?> AlternateExchange(string exchange) => new() { ["alternate-exchange"] = exchange };

    private static byte[] Declare(
        ushort channel, string exchange, string type, bool passive = false, bool durable = false, bool autoDelete = false,
        bool isInternal = false, bool noWait = false) =>
        WireWriter.Method(channel, MethodId.ExchangeDeclare, arguments => arguments
            .Short(0).ShortString(exchange).ShortString(type).Bits(passive, durable, autoDelete, isInternal, noWait).EmptyTable());
}

public sealed class ExchangeDeclarationOnRabbitMq(RabbitMqFixture broker) : ExchangeDeclaration(broker);

public sealed class ExchangeDeclarationOnHareMq(HareMqFixture broker) : ExchangeDeclaration(broker);
