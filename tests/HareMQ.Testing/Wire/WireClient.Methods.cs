namespace HareMQ.Testing.Wire;

/// <summary>The few methods that most tests need, and what to expect in return.</summary>
public sealed partial class WireClient
{
    /// <summary>The next frame that is no heartbeat must be this method.</summary>
    public async Task<WireFrame> ExpectAsync(MethodId method, ushort? channel = null)
    {
        var frame = await ReadPastHeartbeatsAsync();
        if (!frame.IsMethod || frame.MethodId != method || (channel is { } number && frame.Channel != number))
            throw new InvalidDataException($"Expected method {method.ClassId}.{method.Id}, got {Describe(frame)}.");
        return frame;
    }

    /// <summary>The next method is connection.close; answers it, so that the broker may close the socket.</summary>
    public async Task<WireClose> ExpectConnectionCloseAsync()
    {
        var close = ReadClose(await ExpectAsync(MethodId.ConnectionClose, 0));
        await SendMethodAsync(0, MethodId.ConnectionCloseOk);
        return close;
    }

    /// <summary>The next method is channel.close; answers it, so that the number is free again.</summary>
    public async Task<WireClose> ExpectChannelCloseAsync(ushort channel)
    {
        var close = ReadClose(await ExpectAsync(MethodId.ChannelClose, channel));
        await SendMethodAsync(channel, MethodId.ChannelCloseOk);
        return close;
    }

    /// <summary>A method with its header and body frames.</summary>
    public async Task<WireContent> ExpectContentAsync(MethodId method, ushort channel)
    {
        var methodFrame = await ExpectAsync(method, channel);
        var header = await ReadPastHeartbeatsAsync();
        if (header.Type != WireFrame.Header) throw new InvalidDataException($"Expected a content header, got {header}.");
        var reader = new WireReader(header.Payload.AsMemory(4));
        var body = new byte[(int)reader.LongLong()];
        var sizes = new List<int>();
        for (var filled = 0; filled < body.Length;)
        {
            var frame = await ReadPastHeartbeatsAsync();
            if (frame.Type != WireFrame.Body) throw new InvalidDataException($"Expected a content body, got {frame}.");
            frame.Payload.CopyTo(body, filled);
            filled += frame.Payload.Length;
            sizes.Add(frame.Payload.Length);
        }
        return new WireContent(methodFrame, header.Payload, body, sizes);
    }

    public async Task OpenChannelAsync(ushort channel)
    {
        await SendMethodAsync(channel, MethodId.ChannelOpen, arguments => arguments.ShortString(""));
        await ExpectAsync(MethodId.ChannelOpenOk, channel);
    }

    public async Task CloseChannelAsync(ushort channel)
    {
        await SendMethodAsync(channel, MethodId.ChannelClose, arguments => arguments.Short(200).ShortString("bye").Short(0).Short(0));
        await ExpectAsync(MethodId.ChannelCloseOk, channel);
    }

    /// <summary>Declares an exclusive, server-named queue and returns its name.</summary>
    public async Task<string> DeclareQueueAsync(ushort channel)
    {
        await SendAsync(QueueDeclare(channel, "", exclusive: true));
        return (await ExpectAsync(MethodId.QueueDeclareOk, channel)).Arguments().ShortString();
    }

    public static byte[] QueueDeclare(ushort channel, string queue, bool passive = false, bool durable = false, bool exclusive = false,
        bool autoDelete = false, bool noWait = false) =>
        WireWriter.Method(channel, MethodId.QueueDeclare, arguments => arguments
            .Short(0).ShortString(queue).Bits(passive, durable, exclusive, autoDelete, noWait).EmptyTable());

    public static byte[] Publish(ushort channel, string exchange, string routingKey, byte[] body, bool mandatory = false,
        bool immediate = false)
    {
        byte[] method = PublishMethod(channel, exchange, routingKey, mandatory, immediate);
        byte[] header = WireWriter.Header(channel, (ulong)body.Length);
        return body.Length == 0 ? [.. method, .. header] : [.. method, .. header, .. WireWriter.Body(channel, body)];
    }

    public static byte[] PublishMethod(ushort channel, string exchange, string routingKey, bool mandatory = false,
        bool immediate = false) =>
        WireWriter.Method(channel, MethodId.BasicPublish, arguments => arguments
            .Short(0).ShortString(exchange).ShortString(routingKey).Bits(mandatory, immediate));

    public static byte[] Consume(ushort channel, string queue, string consumerTag, bool noAck = false, bool exclusive = false,
        bool noWait = false) =>
        WireWriter.Method(channel, MethodId.BasicConsume, arguments => arguments
            .Short(0).ShortString(queue).ShortString(consumerTag).Bits(false, noAck, exclusive, noWait).EmptyTable());

    public static byte[] Get(ushort channel, string queue, bool noAck = false) =>
        WireWriter.Method(channel, MethodId.BasicGet, arguments => arguments.Short(0).ShortString(queue).Bits(noAck));

    private async Task<WireFrame> ReadPastHeartbeatsAsync()
    {
        while (true)
        {
            var frame = await ReadFrameAsync() ?? throw new EndOfStreamException("The broker closed the socket.");
            if (frame.Type != WireFrame.Heartbeat) return frame;
        }
    }

    private static WireClose ReadClose(WireFrame frame)
    {
        var arguments = frame.Arguments();
        return new WireClose(arguments.Short(), arguments.ShortString(), new MethodId(arguments.Short(), arguments.Short()));
    }

    private static string Describe(WireFrame frame) =>
        frame.IsMethod && (frame.MethodId == MethodId.ConnectionClose || frame.MethodId == MethodId.ChannelClose)
            ? $"{frame}: {ReadClose(frame)}"
            : frame.ToString();
}
