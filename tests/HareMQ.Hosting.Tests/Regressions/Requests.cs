using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Regressions;

/// <summary>Encoded methods that tests put together into one write, and what comes back for them.</summary>
internal static class Requests
{
    public static byte[] Ack(ushort channel, ulong tag) =>
        WireWriter.Method(channel, MethodId.BasicAck, arguments => arguments.LongLong(tag).Bits(false));

    public static byte[] Cancel(ushort channel, string consumerTag) =>
        WireWriter.Method(channel, MethodId.BasicCancel, arguments => arguments.ShortString(consumerTag).Bits(false));

    public static byte[] Delete(ushort channel, string queue) =>
        WireWriter.Method(channel, MethodId.QueueDelete, arguments => arguments.Short(0).ShortString(queue).Bits(false, false));

    public static byte[] Recover(ushort channel) =>
        WireWriter.Method(channel, MethodId.BasicRecover, arguments => arguments.Bits(true));

    /// <summary>A limit that the consumers of the channel share.</summary>
    public static byte[] SharedPrefetch(ushort channel, ushort count) =>
        WireWriter.Method(channel, MethodId.BasicQos, arguments => arguments.Long(0).Short(count).Bits(true));

    public static byte[] SelectConfirms(ushort channel) =>
        WireWriter.Method(channel, MethodId.ConfirmSelect, arguments => arguments.Bits(false));

    /// <summary>A small body with properties that the caller writes, flags first.</summary>
    public static byte[] Publish(ushort channel, string exchange, string routingKey, byte[] body, Action<WireWriter> properties) =>
    [
        .. WireClient.PublishMethod(channel, exchange, routingKey),
        .. WireWriter.Header(channel, (ulong)body.Length, properties),
        .. WireWriter.Body(channel, body),
    ];

    /// <summary>A body of any size, in frames of 64 KB.</summary>
    public static byte[] PublishLarge(ushort channel, string queue, byte[] body)
    {
        const int FrameBytes = 64 * 1024;
        var writer = new WireWriter()
            .Raw(WireClient.PublishMethod(channel, "", queue))
            .Raw(WireWriter.Header(channel, (ulong)body.Length));
        for (var sent = 0; sent < body.Length; sent += FrameBytes)
            writer.Raw(WireWriter.Body(channel, body.AsSpan(sent, Math.Min(FrameBytes, body.Length - sent))));
        return writer.ToArray();
    }

    public static async Task DeclareAsync(this WireClient client, ushort channel, string queue, bool durable = false)
    {
        await client.SendAsync(WireClient.QueueDeclare(channel, queue, durable: durable));
        await client.ExpectAsync(MethodId.QueueDeclareOk, channel);
    }

    /// <summary>Ready messages of the queue. A round trip too: what the broker had to say before has been said.</summary>
    public static async Task<int> CountReadyAsync(this WireClient client, ushort channel, string queue)
    {
        await client.SendAsync(WireClient.QueueDeclare(channel, queue, passive: true));
        var answer = (await client.ExpectAsync(MethodId.QueueDeclareOk, channel)).Arguments();
        answer.ShortString();
        return (int)answer.Long();
    }

    public static async Task ConsumeAsync(this WireClient client, ushort channel, string queue, string consumerTag, bool noAck = false)
    {
        await client.SendAsync(WireClient.Consume(channel, queue, consumerTag, noAck));
        await client.ExpectAsync(MethodId.BasicConsumeOk, channel);
    }

    /// <summary>What basic.deliver says before its content.</summary>
    public static (string ConsumerTag, ulong DeliveryTag, bool Redelivered) ReadDelivery(this WireFrame frame)
    {
        var arguments = frame.Arguments();
        return (arguments.ShortString(), arguments.LongLong(), arguments.Octet() != 0);
    }
}
