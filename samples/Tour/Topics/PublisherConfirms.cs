namespace Tour.Topics;

/// <summary>
/// Publishing alone is fire and forget. On a channel with confirms the broker answers when it has taken a message over; for a
/// persistent message in a durable queue that means: it is on disk.
/// </summary>
internal static class PublisherConfirms
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync("tour.confirms", durable: true, exclusive: false, autoDelete: false);
        await channel.QueuePurgeAsync("tour.confirms");
        var persistent = new BasicProperties { Persistent = true };

        // With tracking the await ends when the confirm is there, and throws if the broker refuses.
        await channel.BasicPublishAsync("", "tour.confirms", mandatory: true, persistent, "first"u8.ToArray());
        guide.Say("the broker has confirmed the first message");

        // Waiting for each one costs a round trip each: start many, await all.
        var publishes = new List<Task>();
        for (var n = 0; n < 1000; n++)
            publishes.Add(channel.BasicPublishAsync("", "tour.confirms", mandatory: true, persistent, "more"u8.ToArray()).AsTask());
        await Task.WhenAll(publishes);

        guide.Expect("messages in the queue", 1001u, await channel.MessageCountAsync("tour.confirms"));
        await channel.QueueDeleteAsync("tour.confirms");
    }
}
