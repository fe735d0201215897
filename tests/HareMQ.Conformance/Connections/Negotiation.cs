using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Connections;

/// <summary>AMQP 0-9-1 connection.tune: channel-max, frame-max and heartbeat.</summary>
public abstract class Negotiation(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Server_offers_its_limits()
    {
        var wire = await ConnectWireAsync();
        await wire.SendAsync(WireClient.ProtocolHeader.ToArray());
        await wire.ExpectAsync(MethodId.ConnectionStart);
        await wire.SendAsync(new WireHandshake().StartOk());
        var tune = (await wire.ExpectAsync(MethodId.ConnectionTune, 0)).Arguments();
        Assert.Equal((2047, 131072u, 60), (tune.Short(), tune.Long(), tune.Short()));
    }

    [Theory]
    [InlineData(2047, 2048u, "negotiated frame_max = 2048 is lower than the minimum allowed value (4096)")]
    [InlineData(2047, 131073u, "negotiated frame_max = 131073 is higher than the maximum allowed value (131072)")]
    [InlineData(2047, 0u, "negotiated frame_max = 0 (no limit) is higher than the maximum allowed value (131072)")]
    [InlineData(0, 131072u, "negotiated channel_max = 0 (no limit) is higher than the maximum allowed value (2047)")]
    [InlineData(2048, 131072u, "negotiated channel_max = 2048 is higher than the maximum allowed value (2047)")]
    public async Task Limit_outside_the_offer_is_530(ushort channelMax, uint frameMaxBytes, string text)
    {
        var wire = await ConnectWireAsync();
        await wire.TuneAsync(new WireHandshake { ChannelMax = channelMax, FrameMaxBytes = frameMaxBytes });
        await ExpectClosedOrDroppedAsync(wire, 530, $"NOT_ALLOWED - {text}");
    }

    [Fact]
    public async Task Smallest_frame_of_the_specification_is_accepted_and_kept_to()
    {
        var wire = await OpenWireChannelAsync(new WireHandshake { FrameMaxBytes = 4096 });
        var queue = await wire.DeclareQueueAsync(1);
        var body = new byte[10_000];
        Random.Shared.NextBytes(body);
        await wire.SendAsync(WireClient.PublishMethod(1, "", queue), WireWriter.Header(1, 10_000), WireWriter.Body(1, body.AsSpan(0, 4000)),
            WireWriter.Body(1, body.AsSpan(4000, 4000)), WireWriter.Body(1, body.AsSpan(8000)));
        await wire.SendAsync(WireClient.Get(1, queue, noAck: true));
        var message = await wire.ExpectContentAsync(MethodId.BasicGetOk, 1);
        Assert.Equal(body, message.Body);
        Assert.All(message.BodyFrameBytes, size => Assert.InRange(size, 1, 4096 - 8));
    }

    [Fact]
    public async Task Frame_above_the_negotiated_maximum_is_501()
    {
        var wire = await OpenWireChannelAsync(new WireHandshake { FrameMaxBytes = 4096 });
        await wire.SendAsync(WireClient.PublishMethod(1, "", "nowhere"), WireWriter.Header(1, 5000), WireWriter.Body(1, new byte[5000]));
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(501, close.Code);
        Assert.StartsWith("FRAME_ERROR - ", close.Text);
    }

    [Fact]
    public async Task Payload_of_exactly_frame_max_is_tolerated()
    {
        var wire = await OpenWireChannelAsync(new WireHandshake { FrameMaxBytes = 4096 });
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Publish(1, "", queue, new byte[4096]), WireClient.Get(1, queue, noAck: true));
        Assert.Equal(4096, (await wire.ExpectContentAsync(MethodId.BasicGetOk, 1)).Body.Length);
    }

    [Fact]
    public async Task Server_beats_at_the_clients_rate()
    {
        var wire = await OpenWireAsync(new WireHandshake { HeartbeatSeconds = 1 });
        var frame = await wire.ReadFrameAsync();
        Assert.Equal((WireFrame.Heartbeat, (ushort)0, 0), (frame!.Type, frame.Channel, frame.Payload.Length));
    }

    [Fact]
    public async Task Silent_client_loses_the_socket_without_a_close_method()
    {
        var wire = await OpenWireAsync(new WireHandshake { HeartbeatSeconds = 1 });
        while (await wire.ReadFrameAsync() is { } frame) Assert.Equal(WireFrame.Heartbeat, frame.Type);
    }

    [Fact]
    public async Task Channel_number_above_channel_max_is_refused()
    {
        var wire = await OpenWireAsync(new WireHandshake { ChannelMax = 2 });
        await wire.OpenChannelAsync(1);
        await wire.OpenChannelAsync(2);
        await wire.SendMethodAsync(3, MethodId.ChannelOpen, arguments => arguments.ShortString(""));
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(530, close.Code);
        Assert.Equal("NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2)", close.Text);
    }
}

public sealed class NegotiationOnRabbitMq(RabbitMqFixture broker) : Negotiation(broker);

public sealed class NegotiationOnHareMq(HareMqFixture broker) : Negotiation(broker);
