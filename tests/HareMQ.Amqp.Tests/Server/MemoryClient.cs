using HareMQ.Amqp.Tests.Connections;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Server;

/// <summary>The client's end of a connection: frames as the test wants them, sent by <see cref="FlushAsync"/>.</summary>
internal sealed class MemoryClient(MemoryTransport transport, Task serving)
{
    private static readonly FieldTable s_wantsBlocked = new FieldTableBuilder()
        .Add("capabilities", FieldValue.FromTable(new FieldTableBuilder().Add("connection.blocked", FieldValue.FromBool(true)).ToTable()))
        .ToTable();

    private readonly List<byte> _pending = [];
    private byte[] _received = new byte[64 * 1024];
    private int _receivedBytes;

    /// <summary>Ends when the server has let go of the connection.</summary>
    public Task Serving => serving;

    public async Task OpenAsync(uint frameMaxBytes, bool wantsBlocked = false)
    {
        SendRaw(ProtocolHeader.Answer);
        await FlushAsync();
        await ExpectAsync(AmqpMethod.ConnectionStart);
        Send(0, new ConnectionStartOk(wantsBlocked ? s_wantsBlocked.Encoded.Span : [], "PLAIN"u8, "\0guest\0guest"u8, "en_US"u8));
        await FlushAsync();
        await ExpectAsync(AmqpMethod.ConnectionTune);
        Send(0, new ConnectionTuneOk(channelMax: 10, frameMaxBytes, heartbeat: 0));
        Send(0, new ConnectionOpen("/"u8, default, insist: false));
        Send(1, new ChannelOpen(default));
        await FlushAsync();
        await ExpectAsync(AmqpMethod.ConnectionOpenOk);
        await ExpectAsync(AmqpMethod.ChannelOpenOk);
    }

    public void Send<TMethod>(ushort channel, scoped in TMethod method)
        where TMethod : struct, IAmqpMethod, allows ref struct
    {
        var frame = new byte[method.FrameBytes];
        method.WriteFrame(frame, channel);
        _pending.AddRange(frame);
    }

    /// <param name="channel">The channel.</param>
    /// <param name="routingKey">Published through the default exchange.</param>
    /// <param name="body">The body.</param>
    /// <param name="pieceBytes">Largest body frame's payload.</param>
    public void Publish(ushort channel, ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> body, int pieceBytes = 100_000)
    {
        StartPublish(channel, routingKey, body.Length);
        SendBody(channel, body, pieceBytes);
    }

    /// <summary>Method and header; persistent.</summary>
    public void StartPublish(ushort channel, ReadOnlySpan<byte> routingKey, int bodyBytes)
    {
        Send(channel, new BasicPublish(default, routingKey, mandatory: true, immediate: false));
        // Flags: delivery mode, and its value.
        var header = new ContentHeader(BasicPublish.ClassId, (ulong)bodyBytes, [0x10, 0, 2]);
        var frame = new byte[header.FrameBytes];
        header.WriteFrame(frame, channel);
        _pending.AddRange(frame);
    }

    public void SendBody(ushort channel, ReadOnlySpan<byte> body, int pieceBytes)
    {
        while (!body.IsEmpty)
        {
            var piece = body[..Math.Min(pieceBytes, body.Length)];
            var frame = new byte[piece.Length + Frame.OverheadBytes];
            FrameWriter.WriteBody(piece, frame, channel);
            _pending.AddRange(frame);
            body = body[piece.Length..];
        }
    }

    public void SendRaw(ReadOnlySpan<byte> bytes) => _pending.AddRange(bytes);

    public async Task FlushAsync()
    {
        byte[] bytes = [.. _pending];
        _pending.Clear();
        await transport.SendAsync(bytes);
    }

    /// <summary>The next frame; null when the server has hung up.</summary>
    public async Task<SentFrame?> ReceiveAsync()
    {
        while (true)
        {
            if (TryTakeFrame() is { } frame) return frame;
            if (_receivedBytes == _received.Length) Array.Resize(ref _received, _received.Length * 2);
            var receiving = transport.ReceiveAsync(_received.AsMemory(_receivedBytes)).AsTask();
            var bytes = await receiving.WaitAsync(TestContext.Current.CancellationToken);
            if (bytes == 0) return null;
            _receivedBytes += bytes;
        }
    }

    public async Task<SentFrame> ExpectAsync(AmqpMethod method)
    {
        var frame = await ReceiveAsync();
        Assert.NotNull(frame);
        Assert.Equal(method, frame.Method);
        return frame;
    }

    /// <summary>Header and body frames of a delivery or a return.</summary>
    public async Task<byte[]> ReceiveBodyAsync()
    {
        var header = (await ReceiveAsync())!;
        Assert.Equal(FrameType.Header, header.Type);
        var body = new List<byte>();
        var bodyBytes = (int)ContentHeader.Read(header.Payload).BodyBytes;
        while (body.Count < bodyBytes)
        {
            var frame = (await ReceiveAsync())!;
            Assert.Equal(FrameType.Body, frame.Type);
            body.AddRange(frame.Payload);
        }

        return [.. body];
    }

    public void HangUp() => transport.Abort();

    private SentFrame? TryTakeFrame()
    {
        var bytes = _received.AsSpan(0, _receivedBytes);
        if (!Frame.TryRead(bytes, int.MaxValue, out var frame, out var consumed)) return null;
        var taken = new SentFrame(frame.Type, frame.Channel, frame.Payload.ToArray());
        bytes[consumed..].CopyTo(_received);
        _receivedBytes -= consumed;
        return taken;
    }
}
