using HareMQ.Amqp.Channels;
using HareMQ.Amqp.Publishing;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Connections;

internal sealed partial class AmqpConnection
{
    private const int OwnBatchBodyBytesMin = 1024 * 1024;

    /// <summary>Handles everything complete in the buffer, in place.</summary>
    /// <returns>Null when more bytes are needed; else what to wait for before going on.</returns>
    private Task? ProcessFrames()
    {
        while (_state != ConnectionState.Closed)
        {
            var unread = _buffer.Unread;
            if (_state == ConnectionState.ExpectingHeader)
            {
                if (!TryStart(unread)) return null;
                continue;
            }

            if (_state == ConnectionState.Discarding)
            {
                _buffer.Consume(unread.Length);
                return null;
            }

            Frame frame;
            int bytes;
            try
            {
                if (!Frame.TryRead(unread, _frameLimitBytes, out frame, out bytes)) return null;
            }
            catch (ConnectionException error)
            {
                FailFraming(error);
                continue;
            }

            var waiting = Process(frame, unread, ref bytes);
            if (bytes == 0) return null;
            _buffer.Consume(bytes);
            if (waiting is not null) return waiting;
            // A few bytes can ask for many: what is answered is bounded within one read too.
            if (Writer.PendingBytes > ConnectionWriter.PendingBytesMax && !IsOver)
            {
                HandOver();
                return Task.CompletedTask;
            }
        }

        return null;
    }

    /// <summary>Where the next frame begins is anybody's guess: what was received is dropped, what comes may be the answer to our close.</summary>
    private void FailFraming(ConnectionException error)
    {
        _buffer.Consume(_buffer.Unread.Length);
        if (_state == ConnectionState.Closing) _state = ConnectionState.Discarding;
        else Fail(error, null);
    }

    /// <param name="bytes">In: the frame's size. Out: what was consumed; 0 = wait for more bytes and come back to this frame.</param>
    private Task? Process(Frame frame, ReadOnlySpan<byte> unread, ref int bytes)
    {
        AmqpMethod? method = null;
        AmqpChannel? channel = null;
        try
        {
            if (frame.Type == FrameType.Heartbeat) return null;
            if (frame.Type == FrameType.Method)
            {
                if (!MethodHeader.TryRead(frame.Payload, out var id, out var arguments))
                    throw new ConnectionException(ReplyCode.FrameError, "method frame too short for class and method id");
                method = id;
                if (frame.Channel == 0) return Pending(HandleConnectionMethod(id, arguments), null, id);
                if (_state != ConnectionState.Running) return IgnoreOrRefuse(frame.Channel);
                channel = FindChannel(frame.Channel);
                if (id == AmqpMethod.BasicPublish && channel is { IsClosing: false, Content: null })
                    return Publish(channel, arguments, unread, ref bytes);
                return Pending(HandleChannelMethod(frame.Channel, channel, id, arguments), channel, id);
            }

            if (frame.Channel == 0) throw AmqpErrors.NotOnChannelZero(frame.Type);
            if (_state != ConnectionState.Running) return IgnoreOrRefuse(frame.Channel);
            channel = FindChannel(frame.Channel) ?? throw AmqpErrors.ExpectedChannelOpen();
            if (channel.IsClosing) return null;
            method = AmqpMethod.BasicPublish;
            AddContent(channel, frame);
            return null;
        }
        catch (AmqpException error)
        {
            return FailAsync(error, channel, method);
        }
    }

    /// <summary>A publish whose content is in the buffer too is taken whole; else it is assembled from its frames.</summary>
    private Task? Publish(AmqpChannel channel, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> unread, ref int bytes)
    {
        NotePublish();
        var state = ContentFrames.Find(unread[bytes..], channel.Number, _frameLimitBytes, out var header, out var bodyFrames, out var contentBytes);
        if (state == ContentState.Complete && header.ClassId == BasicPublish.ClassId)
        {
            bytes += contentBytes;
            channel.Publish(arguments, header, bodyFrames, bodyIsFramed: true);
            return null;
        }

        if (state == ContentState.Incomplete)
        {
            bytes = 0;
            return null;
        }

        channel.Content = new ContentAssembly(arguments.ToArray());
        return null;
    }

    private void AddContent(AmqpChannel channel, Frame frame)
    {
        var content = channel.Content ?? throw AmqpErrors.ExpectedMethod();
        NotePublish();
        if (!content.HasHeader)
        {
            if (frame.Type != FrameType.Header) throw AmqpErrors.ExpectedHeaderFrame();
            var header = ContentHeader.Read(frame.Payload);
            // Before the body comes: what is refused anyway need not be held in memory first.
            if (header.BodyBytes > (ulong)MessageBytesMax) throw AmqpErrors.MessageTooLarge(header.BodyBytes, MessageBytesMax);
            content.AddHeader(header);
        }
        else
        {
            if (frame.Type != FrameType.Body) throw AmqpErrors.ExpectedBodyFrame();
            content.AddBody(frame.Payload);
        }

        if (!content.IsComplete) return;
        channel.Content = null;
        // In a batch of its own a large body is not in memory twice.
        if (content.Body.Length >= OwnBatchBodyBytesMin) HandOver();
        channel.Publish(content.PublishArguments, content.Header, content.Body, bodyIsFramed: false, content);
    }

    private ValueTask HandleChannelMethod(ushort number, AmqpChannel? channel, AmqpMethod method, ReadOnlySpan<byte> arguments)
    {
        if (channel is null) return OpenChannel(number, method, arguments);
        if (channel.IsClosing) return HandleWhileClosing(channel, method);
        if (channel.Content is { } content) throw content.HasHeader ? AmqpErrors.ExpectedBodyFrame() : AmqpErrors.ExpectedHeaderFrame();
        switch (method)
        {
            // These only add to what is handed over at the end of the read anyway.
            case AmqpMethod.BasicAck or AmqpMethod.BasicNack or AmqpMethod.BasicReject:
                return channel.Handle(method, arguments);
            case AmqpMethod.ChannelOpen:
                throw AmqpErrors.SecondChannelOpen();
            case AmqpMethod.ChannelClose:
                ChannelClose.Read(arguments);
                HandOver();
                return CloseChannelAsync(channel);
            case AmqpMethod.ChannelCloseOk:
                throw AmqpErrors.UnexpectedMethod(method);
            default:
                // Whatever this asks about must find what was published and acknowledged before it.
                HandOver();
                return channel.Handle(method, arguments);
        }
    }

    private ValueTask OpenChannel(ushort number, AmqpMethod method, ReadOnlySpan<byte> arguments)
    {
        if (method == AmqpMethod.ChannelCloseOk) return default;
        if (method != AmqpMethod.ChannelOpen) throw AmqpErrors.ExpectedChannelOpen();
        ChannelOpen.Read(arguments);
        if (_channelMax != 0 && _channels.Count >= _channelMax) throw AmqpErrors.TooManyChannels(_channels.Count, _channelMax);
        _session!.OpenChannel();
        AddChannel(new AmqpChannel(this, number));
        Writer.Write(number, new ChannelOpenOk(default));
        return default;
    }

    private async ValueTask CloseChannelAsync(AmqpChannel channel)
    {
        await channel.EndAsync();
        RemoveChannel(channel);
        Writer.Write(channel.Number, new ChannelCloseOk());
    }

    private ValueTask HandleWhileClosing(AmqpChannel channel, AmqpMethod method)
    {
        if (method == AmqpMethod.ChannelCloseOk) RemoveChannel(channel);
        // Both sides closed at once: the client's close wants its answer, ours is answered separately.
        else if (method == AmqpMethod.ChannelClose) Writer.Write(channel.Number, new ChannelCloseOk());
        return default;
    }

    private AmqpChannel? FindChannel(ushort number)
    {
        if (_lastChannel is { } last && last.Number == number) return last;
        if (!_channels.TryGetValue(number, out var channel)) return null;
        _lastChannel = channel;
        return channel;
    }

    private void RemoveChannel(AmqpChannel channel)
    {
        Retire(channel);
        _session!.CloseChannel();
        lock (Writer.Gate) _channels.Remove(channel.Number);
        _lastChannel = null;
    }

    private Task? IgnoreOrRefuse(ushort channel)
    {
        if (_state is ConnectionState.Closing or ConnectionState.Closed) return null;
        throw AmqpErrors.ChannelFrameBeforeOpen(channel);
    }

    private Task? Pending(ValueTask handling, AmqpChannel? channel, AmqpMethod method)
    {
        if (!handling.IsCompleted) return AwaitAsync(handling, channel, method);
        // Throws here, inside Process' try block, what the method has thrown.
        handling.GetAwaiter().GetResult();
        return null;
    }

    private async Task AwaitAsync(ValueTask handling, AmqpChannel? channel, AmqpMethod method)
    {
        // While the read loop waits, what was answered before should not.
        Writer.Flush();
        try
        {
            await handling;
        }
        catch (AmqpException error)
        {
            if (FailAsync(error, channel, method) is { } failing) await failing;
        }
    }

    private Task? FailAsync(AmqpException error, AmqpChannel? channel, AmqpMethod? method)
    {
        HandOver();
        if (error is ChannelException channelError && channel is not null) return channel.FailAsync(channelError, method);
        Fail(error, method);
        return null;
    }
}
