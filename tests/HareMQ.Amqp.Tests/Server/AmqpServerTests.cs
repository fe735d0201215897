using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Server;

public sealed class AmqpServerTests
{
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(13)]
    public async Task A_message_is_published_confirmed_and_consumed_however_the_stream_is_cut(int readBytesMax)
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await broker.OpenAsync(readBytesMax);
        client.Send(1, Declare("q"));
        client.Send(1, new ConfirmSelect(noWait: false));
        client.Publish(1, "q"u8, "hello"u8);
        client.Publish(1, "q"u8, ""u8);
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.QueueDeclareOk);
        await client.ExpectAsync(AmqpMethod.ConfirmSelectOk);
        for (ulong confirmed = 0; confirmed < 2;)
        {
            var ack = await client.ExpectAsync(AmqpMethod.BasicAck);
            confirmed = BasicAck.Read(ack.Arguments).DeliveryTag;
        }

        client.Send(1, Consume("q"));
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.BasicConsumeOk);
        await client.ExpectAsync(AmqpMethod.BasicDeliver);
        Assert.Equal("hello"u8.ToArray(), await client.ReceiveBodyAsync());
        await client.ExpectAsync(AmqpMethod.BasicDeliver);
        Assert.Empty(await client.ReceiveBodyAsync());
    }

    [Theory]
    [InlineData(100_000, 1)]
    [InlineData(120_000, 4000)]
    [InlineData(128 * 1024, 100_000)]
    [InlineData(1_000_000, 100_000)]
    public async Task A_body_arrives_whole_in_whatever_frames_it_came(int bodyBytes, int pieceBytes)
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await broker.OpenAsync();
        Assert.Equal(bodyBytes, await SendAndReceiveAsync(client, bodyBytes, pieceBytes));
    }

    [Fact]
    public async Task Frames_larger_than_the_usual_receive_buffer_are_taken_where_they_are_allowed()
    {
        const int FrameMaxBytes = 2 * 1024 * 1024;
        await using var broker = await MemoryBroker.StartAsync(new AmqpServerOptions { FrameMaxBytes = FrameMaxBytes });
        var client = await broker.OpenAsync(frameMaxBytes: FrameMaxBytes);
        Assert.Equal(5_000_000, await SendAndReceiveAsync(client, 5_000_000, FrameMaxBytes - Frame.OverheadBytes));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_by_its_header_and_its_body_ignored()
    {
        await using var broker = await MemoryBroker.StartAsync(new AmqpServerOptions { MessageBytesMax = 400_000 });
        var client = await broker.OpenAsync();
        client.Send(2, new ChannelOpen(default));
        client.StartPublish(1, "q"u8, bodyBytes: 400_001);
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.ChannelOpenOk);
        var close = await client.ExpectAsync(AmqpMethod.ChannelClose);
        Assert.Equal(406, ChannelClose.Read(close.Arguments).ReplyCode);
        client.SendBody(1, new byte[400_001], pieceBytes: 100_000);
        client.Send(2, Declare("q"));
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.QueueDeclareOk);
    }

    [Fact]
    public async Task A_client_that_hangs_up_leaves_its_unsettled_messages_to_the_next()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var first = await broker.OpenAsync();
        first.Send(1, Declare("q"));
        first.Publish(1, "q"u8, "again"u8);
        first.Send(1, Consume("q"));
        await first.FlushAsync();
        await first.ExpectAsync(AmqpMethod.QueueDeclareOk);
        await first.ExpectAsync(AmqpMethod.BasicConsumeOk);
        await first.ExpectAsync(AmqpMethod.BasicDeliver);
        first.HangUp();
        await first.Serving;
        Assert.Equal(0, broker.Server.ConnectionCount);

        var second = await broker.OpenAsync();
        second.Send(1, Consume("q"));
        await second.FlushAsync();
        await second.ExpectAsync(AmqpMethod.BasicConsumeOk);
        Assert.True(BasicDeliver.Read((await second.ExpectAsync(AmqpMethod.BasicDeliver)).Arguments).Redelivered);
    }

    [Fact]
    public async Task A_failed_channel_is_closed_and_its_neighbour_goes_on()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await broker.OpenAsync();
        client.Send(2, new ChannelOpen(default));
        client.Send(1, Consume("missing"));
        client.Send(1, Consume("ignored"));
        client.Send(2, Declare("q"));
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.ChannelOpenOk);
        var close = await client.ExpectAsync(AmqpMethod.ChannelClose);
        Assert.Equal(404, ChannelClose.Read(close.Arguments).ReplyCode);
        Assert.Equal(2, (await client.ExpectAsync(AmqpMethod.QueueDeclareOk)).Channel);
    }

    [Fact]
    public async Task A_broken_frame_ends_its_connection_with_501_and_no_other()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var good = await broker.OpenAsync();
        var bad = await broker.OpenAsync();
        bad.SendRaw([9, 0, 1, 0, 0, 0, 0, 0xCE]);
        await bad.FlushAsync();
        var close = await bad.ExpectAsync(AmqpMethod.ConnectionClose);
        Assert.Equal(501, ConnectionClose.Read(close.Arguments).ReplyCode);
        good.Send(1, Declare("q"));
        await good.FlushAsync();
        await good.ExpectAsync(AmqpMethod.QueueDeclareOk);
    }

    [Fact]
    public async Task Another_protocol_is_answered_with_the_version_that_is_spoken_here()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var (server, transport) = MemoryTransport.CreatePair();
        var serving = broker.Server.ServeAsync(server);
        await transport.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        var answer = new byte[100];
        var bytes = await transport.ReceiveAsync(answer);
        Assert.Equal(ProtocolHeader.Answer, answer.AsSpan(0, bytes));
        await serving;
    }

    [Fact]
    public async Task Closing_the_server_tells_its_clients_320_and_waits_for_their_answer()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await broker.OpenAsync();
        var closing = broker.Server.CloseAsync("shutdown", TimeSpan.FromMinutes(1));
        var close = await client.ExpectAsync(AmqpMethod.ConnectionClose);
        Assert.Equal(320, ConnectionClose.Read(close.Arguments).ReplyCode);
        Assert.False(closing.IsCompleted);
        client.Send(0, new ConnectionCloseOk());
        await client.FlushAsync();
        await closing.WaitAsync(TestContext.Current.CancellationToken);
        await client.Serving;
    }

    [Fact]
    public async Task A_client_that_does_not_answer_the_close_is_hung_up_on()
    {
        await using var broker = await MemoryBroker.StartAsync();
        var client = await broker.OpenAsync();
        await broker.Server.CloseAsync("shutdown", TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, broker.Server.ConnectionCount);
        await client.Serving;
    }

    private static async Task<int> SendAndReceiveAsync(MemoryClient client, int bodyBytes, int pieceBytes)
    {
        var body = new byte[bodyBytes];
        new Random(bodyBytes).NextBytes(body);
        client.Send(1, Declare("q"));
        client.Send(1, Consume("q"));
        client.Publish(1, "q"u8, body, pieceBytes);
        await client.FlushAsync();
        await client.ExpectAsync(AmqpMethod.QueueDeclareOk);
        await client.ExpectAsync(AmqpMethod.BasicConsumeOk);
        await client.ExpectAsync(AmqpMethod.BasicDeliver);
        var received = await client.ReceiveBodyAsync();
        Assert.Equal(body, received);
        return received.Length;
    }

    private static QueueDeclare Declare(string name) => new(
        System.Text.Encoding.UTF8.GetBytes(name), passive: false, durable: true, exclusive: false, autoDelete: false, noWait: false, []);

    private static BasicConsume Consume(string queue) => new(
        System.Text.Encoding.UTF8.GetBytes(queue), "tag"u8, noLocal: false, noAck: false, exclusive: false, noWait: false, []);
}
