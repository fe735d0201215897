namespace Tour.Topics;

/// <summary>
/// A message carries properties beside its body. Most are notes from application to application; the broker passes them on unread.
/// </summary>
internal static class MessageProperties
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;

        var sent = new BasicProperties
        {
            ContentType = "application/json",
            MessageId = "order-17",
            CorrelationId = "request-4",
            Type = "OrderPlaced",
            AppId = "tour",
            Timestamp = new AmqpTimestamp(1_700_000_000),
            Headers = new Dictionary<string, object?> { ["tenant"] = "acme", ["attempt"] = 1 },
            // These three are the broker's business: survive a restart, overtake others in a priority queue, vanish after a minute.
            Persistent = true,
            Priority = 5,
            Expiration = "60000",
        };
        await channel.BasicPublishAsync("", queue, mandatory: false, sent, """{"id":17}"""u8.ToArray());

        var message = await channel.BasicGetAsync(queue, autoAck: true);
        var got = message!.BasicProperties;
        guide.Expect("content type", "application/json", got.ContentType);
        guide.Expect("message id", "order-17", got.MessageId);
        guide.Expect("type", "OrderPlaced", got.Type);
        guide.Expect("timestamp", 1_700_000_000L, got.Timestamp.UnixTime);
        guide.Expect("persistent", true, got.Persistent);
        // Strings in headers are bytes on the wire, and the client leaves them so; numbers keep their type.
        guide.Expect("header tenant", "acme", System.Text.Encoding.UTF8.GetString((byte[])got.Headers!["tenant"]!));
        guide.Expect("header attempt", 1, (int)got.Headers["attempt"]!);
    }
}
