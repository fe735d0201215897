namespace Tour.Topics;

/// <summary>
/// A message lives as long as its queue lets it (x-message-ttl) or as it says itself (expiration), whichever is shorter; both in
/// milliseconds. Expired messages are dropped, or go to the dead letter exchange, which this topic uses to see them go.
/// </summary>
internal static class TimeToLive
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        var expired = await channel.QueueDeclareAsync();
        var mail = new Mailbox(channel);
        await channel.BasicConsumeAsync(expired.QueueName, autoAck: true, mail);

        var queue = await channel.QueueDeclareAsync(arguments: new Dictionary<string, object?>
        {
            ["x-message-ttl"] = 60_000,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = expired.QueueName,
        });
        await channel.BasicPublishAsync(
            "", queue.QueueName, mandatory: false, new BasicProperties { Expiration = "100" }, "for a tenth of a second"u8.ToArray());
        await channel.SendAsync("", queue.QueueName, "for a minute");

        guide.Expect("expired", "for a tenth of a second", await mail.NextAsync());
        guide.Expect("still there", "for a minute", await channel.TakeAllAsync(queue.QueueName));

        // A queue itself goes when nobody has used it for so long.
        await channel.QueueDeclareAsync("tour.unused", arguments: new Dictionary<string, object?> { ["x-expires"] = 60_000 });
        await channel.QueueDeleteAsync("tour.unused");
    }
}
