using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Connections;

/// <summary>AMQP 0-9-1 §4.2.2: the eight bytes that a client sends first.</summary>
public abstract class ProtocolHeaders(BrokerFixture broker) : ConformanceTest(broker)
{
    private static readonly byte[] s_amqp091 = [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 0, 9, 1];

    [Theory]
    [InlineData(0, 0, 9, 1)]
    [InlineData(1, 1, 0, 9)]
    public async Task Header_of_0_9_or_0_9_1_is_answered_with_connection_start(byte first, byte major, byte minor, byte revision)
    {
        var wire = await ConnectWireAsync();
        await wire.SendAsync([.. "AMQP"u8, first, major, minor, revision]);
        var start = (await wire.ExpectAsync(MethodId.ConnectionStart, 0)).Arguments();
        Assert.Equal((0, 9), (start.Octet(), start.Octet()));
        start.Table();
        var mechanisms = start.LongString().Split(' ');
        Assert.Contains("PLAIN", mechanisms);
        Assert.Contains("AMQPLAIN", mechanisms);
        Assert.Equal("en_US", start.LongString());
        Assert.Equal(0, start.Remaining);
    }

    [Fact]
    public async Task Header_in_eight_pieces_is_understood()
    {
        var wire = await ConnectWireAsync();
        await wire.SendByteByByteAsync(s_amqp091);
        await wire.ExpectAsync(MethodId.ConnectionStart, 0);
    }

    [Theory]
    [InlineData("AMQP\0\u0001\0\0")]
    [InlineData("AMQP\0\0\u0009\u0002")]
    [InlineData("AMQP\0\0\u000a\0")]
    [InlineData("AMQP\0\0\u0008\0")]
    [InlineData("GET / HT")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001")]
    public async Task Anything_else_is_answered_with_the_supported_header_and_a_closed_socket(string header)
    {
        var wire = await ConnectWireAsync();
        await wire.SendAsync(Encoding.Latin1.GetBytes(header));
        Assert.Equal(s_amqp091, await wire.ReadBytesAsync(8));
        await wire.ExpectSocketClosedAsync();
    }

    [Fact]
    public async Task Server_properties_name_the_product_and_its_capabilities()
    {
        var wire = await ConnectWireAsync();
        await wire.SendAsync(s_amqp091);
        var start = (await wire.ExpectAsync(MethodId.ConnectionStart, 0)).Arguments();
        start.Short();
        var properties = start.Table();
        Assert.Equal(Expected("RabbitMQ", "HareMQ"), properties["product"]);
        Assert.Matches(@"^\d+\.\d+\.\d+", Assert.IsType<string>(properties["version"]));
        foreach (var name in new[] { "platform", "copyright", "information", "cluster_name" }) Assert.IsType<string>(properties[name]);
        var capabilities = Assert.IsType<Dictionary<string, object?>>(properties["capabilities"]);
        string[] expected =
        [
            "publisher_confirms", "exchange_exchange_bindings", "basic.nack", "consumer_cancel_notify", "connection.blocked",
            "consumer_priorities", "authentication_failure_close", "per_consumer_qos", "direct_reply_to",
        ];
        Assert.All(expected, capability => Assert.Equal(true, capabilities[capability]));
    }

    [Fact]
    public async Task Client_that_connects_and_leaves_without_a_byte_disturbs_nobody()
    {
        var other = await OpenWireChannelAsync();
        await (await ConnectWireAsync()).DisposeAsync();
        await other.DeclareQueueAsync(1);
        await OpenWireAsync();
    }
}

public sealed class ProtocolHeadersOnRabbitMq(RabbitMqFixture broker) : ProtocolHeaders(broker);

public sealed class ProtocolHeadersOnHareMq(HareMqFixture broker) : ProtocolHeaders(broker);
