using HareMQ.Amqp.Connections;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Connections;

public sealed class ConnectionWriterTests
{
    private const int FrameMaxBytes = 4096;

    private readonly TestTransport _transport = new();
    private readonly ConnectionWriter _writer;

    public ConnectionWriterTests() => _writer = new ConnectionWriter(_transport);

    [Fact]
    public void Nothing_leaves_before_the_flush_and_then_all_of_it_in_one_send()
    {
        for (ulong tag = 1; tag <= 100; tag++) _writer.Write(1, new BasicAck(tag, multiple: false));
        Assert.Empty(_transport.Sent);
        _writer.Flush();
        Assert.Equal(1, _transport.Sends);
        Assert.Equal(100, SentFrame.Parse(_transport.Sent).Count);
        Assert.Equal(0, _writer.PendingBytes);
        Assert.Equal(_transport.Sent.Length, _writer.SentBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(FrameMaxBytes - Frame.OverheadBytes)]
    [InlineData(FrameMaxBytes - Frame.OverheadBytes + 1)]
    [InlineData(200_000)]
    public void A_body_is_cut_into_frames_that_keep_to_the_limit(int bodyBytes)
    {
        var body = new byte[bodyBytes];
        new Random(1).NextBytes(body);
        WriteContent(1, 1, body);
        _writer.Flush();
        var frames = SentFrame.Parse(_transport.Sent);
        Assert.Equal(AmqpMethod.BasicDeliver, frames[0].Method);
        var header = ContentHeader.Read(frames[1].Payload);
        Assert.Equal((ulong)bodyBytes, header.BodyBytes);
        Assert.All(frames, frame => Assert.InRange(frame.Payload.Length + Frame.OverheadBytes, 1, FrameMaxBytes));
        Assert.Equal(body, frames.Skip(2).SelectMany(frame => frame.Payload));
        Assert.Equal((bodyBytes + FrameMaxBytes - Frame.OverheadBytes - 1) / (FrameMaxBytes - Frame.OverheadBytes), frames.Count - 2);
    }

    [Fact]
    public async Task Commands_of_many_threads_never_interleave_and_each_threads_order_holds()
    {
        const int Threads = 4;
        const int Each = 3000;
        var cancellation = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(1, Threads).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (ulong tag = 1; tag <= Each; tag++)
            {
                WriteContent((ushort)thread, tag, new byte[random.Next(random.Next(10) == 0 ? 20_000 : 200)]);
                if (random.Next(3) == 0) _writer.Flush();
            }
        }, cancellation)));
        await _writer.DrainAsync();
        var lastTags = new ulong[Threads + 1];
        var frames = new Queue<SentFrame>(SentFrame.Parse(_transport.Sent));
        while (frames.TryDequeue(out var method))
        {
            Assert.Equal(++lastTags[method.Channel], BasicDeliver.Read(method.Arguments).DeliveryTag);
            var header = frames.Dequeue();
            Assert.Equal((FrameType.Header, method.Channel), (header.Type, header.Channel));
            for (var left = (int)ContentHeader.Read(header.Payload).BodyBytes; left > 0;)
            {
                var body = frames.Dequeue();
                Assert.Equal((FrameType.Body, method.Channel), (body.Type, body.Channel));
                left -= body.Payload.Length;
            }
        }

        Assert.All(lastTags.Skip(1), last => Assert.Equal((ulong)Each, last));
    }

    [Fact]
    public async Task Requests_wait_while_too_much_is_unsent_and_go_on_when_half_of_it_is_gone()
    {
        _transport.Hold();
        Assert.True(WaitForRoom().IsCompletedSuccessfully);
        FillUp();
        _writer.Flush();
        var room = WaitForRoom();
        Assert.False(room.IsCompleted);
        _transport.LetGo();
        await room.WaitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(_writer.PendingBytes, 0, ConnectionWriter.PendingBytesMax / 2);
    }

    [Fact]
    public async Task A_consumer_that_waited_is_told_when_there_is_room()
    {
        using var queue = new TestQueue();
        var consumer = queue.BlockedConsumer();
        _transport.Hold();
        FillUp();
        lock (_writer.Gate)
        {
            _writer.WakeWhenThereIsRoomLocked(consumer);
            _writer.WakeWhenThereIsRoomLocked(consumer);
        }

        _writer.Flush();
        Assert.Equal(0, queue.Posts);
        _transport.LetGo();
        await _writer.DrainAsync().WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, queue.Posts);
        queue.RunTurns();
        Assert.False(consumer.Blocked);
    }

    [Fact]
    public async Task A_failed_send_ends_the_connection_and_lets_everybody_go_on()
    {
        _transport.Hold();
        FillUp();
        var room = WaitForRoom();
        var drained = _writer.DrainAsync();
        var failure = new IOException("broken pipe");
        _transport.Failure = failure;
        _transport.LetGo();
        await room.WaitAsync(TestContext.Current.CancellationToken);
        await drained.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Same(failure, _writer.Failure);
        Assert.True(_transport.IsAborted);
        FillUp();
        Assert.Equal(0, _writer.PendingBytes);
        Assert.True(WaitForRoom().IsCompletedSuccessfully);
    }

    [Fact]
    public void An_ended_writer_keeps_and_sends_nothing()
    {
        FillUp();
        _writer.End();
        Assert.Equal(0, _writer.PendingBytes);
        FillUp();
        Assert.Equal(0, _writer.PendingBytes);
        _writer.Flush();
        Assert.Empty(_transport.Sent);
        Assert.True(_writer.DrainAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task What_is_written_during_a_slow_send_follows_it_without_another_flush()
    {
        _transport.Hold();
        _writer.Write(1, new BasicAck(1, multiple: false));
        _writer.Flush();
        _writer.Write(1, new BasicAck(2, multiple: false));
        _writer.Flush();
        var drained = _writer.DrainAsync();
        Assert.False(drained.IsCompleted);
        _transport.LetGo();
        await drained.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal([1ul, 2ul], SentFrame.Parse(_transport.Sent).Select(frame => BasicAck.Read(frame.Arguments).DeliveryTag));
    }

    private Task WaitForRoom() => _writer.WaitForRoomAsync().AsTask();

    private void FillUp()
    {
        var body = new byte[64 * 1024];
        for (var bytes = 0; bytes <= ConnectionWriter.PendingBytesMax; bytes += body.Length) WriteContent(1, 1, body);
    }

    private void WriteContent(ushort channel, ulong tag, byte[] body)
    {
        lock (_writer.Gate)
        {
            var deliver = new BasicDeliver("c"u8, tag, redelivered: false, "e"u8, "k"u8);
            _writer.WriteContentLocked(channel, deliver, [0, 0], body, FrameMaxBytes);
        }
    }
}
