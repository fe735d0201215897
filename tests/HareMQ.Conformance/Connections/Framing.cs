using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Connections;

/// <summary>AMQP 0-9-1 §4.2.3 to §4.2.6: frames whole, split, in the wrong order and broken.</summary>
public abstract class Framing(BrokerFixture broker) : ConformanceTest(broker)
{
    /// <summary>
    /// After connection.close a broker may wait one heartbeat interval, or 30 s without heartbeats, before it drops the socket.
    /// </summary>
    private static readonly WireHandshake s_soonClosed = new() { HeartbeatSeconds = 2 };

    private static readonly byte[] s_heartbeat = WireWriter.Frame(WireFrame.Heartbeat, 0, []);

    [Fact]
    public async Task Frames_split_at_every_byte_are_understood()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        byte[] frames = [.. WireClient.Publish(1, "", queue, "hello"u8.ToArray()), .. WireClient.Get(1, queue, noAck: true)];
        await wire.SendByteByByteAsync(frames);
        Assert.Equal("hello"u8.ToArray(), (await wire.ExpectContentAsync(MethodId.BasicGetOk, 1)).Body);
    }

    [Fact]
    public async Task Many_frames_in_one_packet_are_handled_in_order()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        var packet = Enumerable.Range(0, 100).SelectMany(n => WireClient.Publish(1, "", queue, [(byte)n])).ToArray();
        await wire.SendAsync([.. packet, .. WireClient.Consume(1, queue, "tag", noAck: true)]);
        await wire.ExpectAsync(MethodId.BasicConsumeOk, 1);
        for (var n = 0; n < 100; n++) Assert.Equal([(byte)n], (await wire.ExpectContentAsync(MethodId.BasicDeliver, 1)).Body);
    }

    [Fact]
    public async Task Body_in_frames_of_one_byte_is_put_together()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        var body = Encoding.ASCII.GetBytes("piecemeal");
        await wire.SendAsync(WireClient.PublishMethod(1, "", queue), WireWriter.Header(1, (ulong)body.Length));
        foreach (var value in body) await wire.SendAsync(WireWriter.Body(1, [value]));
        await wire.SendAsync(WireClient.Get(1, queue, noAck: true));
        Assert.Equal(body, (await wire.ExpectContentAsync(MethodId.BasicGetOk, 1)).Body);
    }

    [Fact]
    public async Task Contents_of_two_channels_may_interleave()
    {
        var wire = await OpenWireChannelAsync();
        await wire.OpenChannelAsync(2);
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(
            WireClient.PublishMethod(1, "", queue), WireClient.PublishMethod(2, "", queue), WireWriter.Header(2, 3),
            WireWriter.Header(1, 4), WireWriter.Body(1, "on"u8), WireWriter.Body(2, "two"u8), s_heartbeat, WireWriter.Body(1, "e!"u8));
        await wire.SendAsync(WireClient.Consume(1, queue, "tag", noAck: true));
        await wire.ExpectAsync(MethodId.BasicConsumeOk, 1);
        var bodies = new HashSet<string>();
        for (var n = 0; n < 2; n++) bodies.Add(Encoding.ASCII.GetString((await wire.ExpectContentAsync(MethodId.BasicDeliver, 1)).Body));
        Assert.Equal(["one!", "two"], bodies.Order());
    }

    [Fact]
    public async Task Empty_body_has_no_body_frame_in_either_direction()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(WireClient.Publish(1, "", queue, []), WireClient.Get(1, queue, noAck: true),
            WireClient.Get(1, queue, noAck: true));
        Assert.Empty((await wire.ExpectContentAsync(MethodId.BasicGetOk, 1)).Body);
        await wire.ExpectAsync(MethodId.BasicGetEmpty, 1);
    }

    [Fact]
    public async Task Wrong_end_octet_is_501()
    {
        var wire = await OpenWireAsync(s_soonClosed);
        await wire.SendAsync(WireWriter.Frame(WireFrame.Heartbeat, 0, [], end: 0xCD));
        await ExpectCloseAsync(wire, 501, "FRAME_ERROR - ");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(255)]
    public async Task Unknown_frame_type_is_501(byte type)
    {
        var wire = await OpenWireAsync(s_soonClosed);
        await wire.SendAsync(WireWriter.Frame(type, 0, [1, 2, 3, 4]));
        await ExpectCloseAsync(wire, 501, "FRAME_ERROR - ");
    }

    [Fact]
    public async Task Heartbeat_on_a_channel_is_505()
    {
        var wire = await OpenWireChannelAsync(s_soonClosed);
        await wire.SendAsync(WireWriter.Frame(WireFrame.Heartbeat, 1, []));
        await ExpectCloseAsync(wire, 505, "UNEXPECTED_FRAME - ");
    }

    [Fact]
    public async Task Method_frame_too_short_for_its_arguments_is_501()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.QueueDeclare, arguments => arguments.Short(0));
        await ExpectCloseAsync(wire, 501, "FRAME_ERROR - ");
    }

    [Theory]
    [InlineData(60, 222)]
    [InlineData(333, 10)]
    public async Task Unknown_method_is_501(ushort classId, ushort methodId)
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, new MethodId(classId, methodId));
        await ExpectClosedOrDroppedAsync(wire, 501, "FRAME_ERROR - ");
    }

    [Fact]
    public async Task Unknown_field_tag_is_502()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.QueueDeclare, arguments => arguments
            .Short(0).ShortString("").Bits(false, false, true).Table(table => table.ShortString("x-odd").Octet((byte)'?').Octet(1)));
        await ExpectClosedOrDroppedAsync(wire, 502, "SYNTAX_ERROR - ");
    }

    [Fact]
    public async Task Method_on_an_unopened_channel_is_504()
    {
        var wire = await OpenWireAsync();
        await wire.SendAsync(WireClient.QueueDeclare(7, "", exclusive: true));
        await ExpectCloseAsync(wire, 504, "CHANNEL_ERROR - expected 'channel.open'");
    }

    [Fact]
    public async Task Method_on_a_closed_channel_is_504()
    {
        var wire = await OpenWireChannelAsync();
        await wire.CloseChannelAsync(1);
        await wire.SendAsync(WireClient.QueueDeclare(1, "", exclusive: true));
        await ExpectCloseAsync(wire, 504, "CHANNEL_ERROR - expected 'channel.open'");
    }

    [Fact]
    public async Task Second_open_of_a_channel_is_504()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(1, MethodId.ChannelOpen, arguments => arguments.ShortString(""));
        await ExpectCloseAsync(wire, 504, "CHANNEL_ERROR - second 'channel.open' seen");
    }

    [Fact]
    public async Task Channel_method_on_channel_zero_closes_the_connection()
    {
        var wire = await OpenWireAsync();
        await wire.SendAsync(WireClient.QueueDeclare(0, "", exclusive: true));
        await ExpectCloseAsync(wire, 504, "CHANNEL_ERROR - ");
    }

    [Fact]
    public async Task Header_without_a_method_is_505()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireWriter.Header(1, 0));
        await ExpectCloseAsync(wire, 505, "UNEXPECTED_FRAME - expected method frame, got non method frame instead");
    }

    [Fact]
    public async Task Body_without_a_method_is_505()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireWriter.Body(1, "x"u8));
        await ExpectCloseAsync(wire, 505, "UNEXPECTED_FRAME - expected method frame, got non method frame instead");
    }

    [Fact]
    public async Task Body_where_a_header_is_due_is_505()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.PublishMethod(1, "", "nowhere"), WireWriter.Body(1, "x"u8));
        await ExpectCloseAsync(wire, 505,
            "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead");
    }

    [Fact]
    public async Task Method_where_a_header_is_due_is_505()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.PublishMethod(1, "", "nowhere"), WireClient.PublishMethod(1, "", "nowhere"));
        await ExpectCloseAsync(wire, 505,
            "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead");
    }

    [Fact]
    public async Task Method_where_a_body_is_due_is_505()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.PublishMethod(1, "", "nowhere"), WireWriter.Header(1, 5),
            WireClient.PublishMethod(1, "", "nowhere"));
        await ExpectCloseAsync(wire, 505, "UNEXPECTED_FRAME - expected content body, got non content body frame instead");
    }

    [Fact]
    public async Task Header_of_another_class_is_505()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.PublishMethod(1, "", "nowhere"), WireWriter.Header(1, 0, classId: 90));
        await ExpectCloseAsync(wire, 505, "UNEXPECTED_FRAME - expected content header for class 60, got one for class 90 instead");
    }

    [Fact]
    public async Task Body_longer_than_announced_is_501()
    {
        SkipOnRabbitMq("waits for ever for a body that ends exactly");
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.PublishMethod(1, "", "nowhere"), WireWriter.Header(1, 3), WireWriter.Body(1, "four"u8));
        await ExpectCloseAsync(wire, 501, "FRAME_ERROR - ");
    }

    [Fact]
    public async Task Broken_connection_costs_its_neighbours_nothing()
    {
        var neighbour = await OpenWireChannelAsync();
        var queue = await neighbour.DeclareQueueAsync(1);
        var wire = await OpenWireAsync(s_soonClosed);
        await wire.SendAsync(WireWriter.Frame(WireFrame.Heartbeat, 0, [], end: 0));
        await wire.ExpectSocketClosedAsync();
        await neighbour.SendAsync(WireClient.Publish(1, "", queue, "still here"u8.ToArray()), WireClient.Get(1, queue, noAck: true));
        Assert.Equal("still here"u8.ToArray(), (await neighbour.ExpectContentAsync(MethodId.BasicGetOk, 1)).Body);
    }

    private static async Task ExpectCloseAsync(WireClient wire, int code, string textStart)
    {
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(code, close.Code);
        Assert.StartsWith(textStart, close.Text);
        await wire.ExpectSocketClosedAsync();
    }
}

public sealed class FramingOnRabbitMq(RabbitMqFixture broker) : Framing(broker);

public sealed class FramingOnHareMq(HareMqFixture broker) : Framing(broker);
