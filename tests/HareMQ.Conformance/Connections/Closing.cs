using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Connections;

/// <summary>AMQP 0-9-1 connection.close and channel.close: both sides, crossing, and what the other channels notice.</summary>
public abstract class Closing(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Client_close_is_answered_and_the_socket_closed()
    {
        // After close-ok RabbitMQ leaves the socket to the client for one heartbeat interval.
        var wire = await OpenWireChannelAsync(new WireHandshake { HeartbeatSeconds = 1 });
        await wire.SendMethodAsync(0, MethodId.ConnectionClose, arguments => arguments.Short(200).ShortString("bye").Short(0).Short(0));
        await wire.ExpectAsync(MethodId.ConnectionCloseOk, 0);
        await wire.ExpectSocketClosedAsync();
    }

    [Fact]
    public async Task Channel_number_is_free_again_after_close_ok()
    {
        var wire = await OpenWireChannelAsync();
        for (var n = 0; n < 20; n++)
        {
            await wire.CloseChannelAsync(1);
            await wire.OpenChannelAsync(1);
        }
        await wire.DeclareQueueAsync(1);
    }

    [Fact]
    public async Task Soft_error_closes_one_channel_and_names_the_method()
    {
        var wire = await OpenWireChannelAsync();
        await wire.OpenChannelAsync(2);
        await wire.SendAsync(WireClient.QueueDeclare(1, "missing-queue", passive: true));
        var close = await wire.ExpectChannelCloseAsync(1);
        Assert.Equal(new WireClose(404, "NOT_FOUND - no queue 'missing-queue' in vhost '/'", MethodId.QueueDeclare), close);
        await wire.DeclareQueueAsync(2);
        await wire.OpenChannelAsync(1);
        await wire.DeclareQueueAsync(1);
    }

    [Fact]
    public async Task Frames_after_a_soft_error_are_ignored_until_close_ok()
    {
        var wire = await OpenWireChannelAsync();
        var queue = await wire.DeclareQueueAsync(1);
        await wire.SendAsync(
            WireClient.QueueDeclare(1, "missing-queue", passive: true),
            WireClient.Publish(1, "", queue, "ignored"u8.ToArray()),
            WireClient.QueueDeclare(1, "another-missing-queue", passive: true),
            WireClient.Get(1, queue));
        await wire.ExpectChannelCloseAsync(1);
        await wire.OpenChannelAsync(1);
        await wire.SendAsync(WireClient.Get(1, queue));
        await wire.ExpectAsync(MethodId.BasicGetEmpty, 1);
    }

    [Fact]
    public async Task Crossing_channel_closes_are_both_answered()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(
            WireClient.QueueDeclare(1, "missing-queue", passive: true),
            WireWriter.Method(1, MethodId.ChannelClose, arguments => arguments.Short(200).ShortString("").Short(0).Short(0)));
        await wire.ExpectAsync(MethodId.ChannelClose, 1);
        await wire.ExpectAsync(MethodId.ChannelCloseOk, 1);
        await wire.SendMethodAsync(1, MethodId.ChannelCloseOk);
        await wire.OpenChannelAsync(1);
        await wire.DeclareQueueAsync(1);
    }

    [Fact]
    public async Task Hard_error_closes_the_connection_and_ignores_what_follows()
    {
        var name = NewQueueName();
        var wire = await OpenWireChannelAsync();
        await wire.OpenChannelAsync(2);
        await wire.SendAsync(
            WireClient.Publish(1, "", "nowhere", [], immediate: true), WireWriter.Frame(WireFrame.Heartbeat, 0, []));
        var close = ReadCode(await wire.ExpectAsync(MethodId.ConnectionClose, 0));
        Assert.Equal(540, close);
        await wire.SendAsync(WireClient.QueueDeclare(2, name, autoDelete: true));
        await wire.SendMethodAsync(0, MethodId.ConnectionCloseOk);
        await wire.ExpectSocketClosedAsync();
        var other = await OpenWireChannelAsync();
        await other.SendAsync(WireClient.QueueDeclare(1, name, passive: true));
        Assert.Equal(404, (await other.ExpectChannelCloseAsync(1)).Code);
    }

    [Fact]
    public async Task Client_close_sent_after_a_hard_error_is_answered()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.Publish(1, "", "nowhere", [], immediate: true));
        await wire.ExpectAsync(MethodId.ConnectionClose, 0);
        await wire.SendMethodAsync(0, MethodId.ConnectionClose, arguments => arguments.Short(200).ShortString("").Short(0).Short(0));
        await wire.ExpectAsync(MethodId.ConnectionCloseOk, 0);
    }

    [Fact]
    public async Task Channel_close_in_the_middle_of_content_is_505()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendAsync(WireClient.PublishMethod(1, "", "nowhere"), WireWriter.Header(1, 5));
        await wire.SendMethodAsync(1, MethodId.ChannelClose, arguments => arguments.Short(200).ShortString("").Short(0).Short(0));
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(505, close.Code);
        Assert.Equal("UNEXPECTED_FRAME - expected content body, got non content body frame instead", close.Text);
    }

    [Fact]
    public async Task Closed_connection_gives_back_its_unacked_messages()
    {
        var wire = await OpenWireChannelAsync();
        var queue = NewQueueName();
        await wire.SendAsync(WireClient.QueueDeclare(1, queue, durable: true), WireClient.Publish(1, "", queue, "mine"u8.ToArray()));
        await wire.ExpectAsync(MethodId.QueueDeclareOk, 1);
        await wire.SendAsync(WireClient.Get(1, queue));
        await wire.ExpectContentAsync(MethodId.BasicGetOk, 1);
        await wire.DisposeAsync();

        var channel = await OpenChannelAsync();
        await Eventually.Equal(1u, () => channel.MessageCountAsync(queue));
        var message = await channel.BasicGetAsync(queue, autoAck: true);
        Assert.True(message!.Redelivered);
    }

    [Fact]
    public async Task Closed_channel_gives_back_its_unacked_messages_in_order()
    {
        var channel = await OpenChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        var other = await OpenChannelAsync();
        for (byte n = 1; n <= 3; n++) await channel.BasicPublishAsync("", queue, new[] { n });
        for (var n = 1; n <= 3; n++) Assert.NotNull(await channel.BasicGetAsync(queue, autoAck: false));
        await channel.CloseAsync();
        await Eventually.Equal(3u, () => other.MessageCountAsync(queue));
        for (byte n = 1; n <= 3; n++)
        {
            var message = await other.BasicGetAsync(queue, autoAck: true);
            Assert.Equal((n, true), (message!.Body.Span[0], message.Redelivered));
        }
    }

    private static ushort ReadCode(WireFrame close) => close.Arguments().Short();
}

public sealed class ClosingOnRabbitMq(RabbitMqFixture broker) : Closing(broker);

public sealed class ClosingOnHareMq(HareMqFixture broker) : Closing(broker);
