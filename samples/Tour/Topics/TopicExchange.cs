namespace Tour.Topics;

/// <summary>
/// A topic exchange splits keys into words at the dots. In a binding key * stands for exactly one word and # for any number of them, none
/// included.
/// </summary>
internal static class TopicExchange
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("tour.orders", ExchangeType.Topic, autoDelete: true);

        var created = await channel.BindNewQueueAsync("tour.orders", "*.created");
        var europe = await channel.BindNewQueueAsync("tour.orders", "europe.#");
        var all = await channel.BindNewQueueAsync("tour.orders", "#");

        foreach (var key in new[] { "europe.created", "asia.created", "europe.shipped.late" })
            await channel.SendAsync("tour.orders", key, key);

        guide.Expect("*.created", "europe.created, asia.created", await channel.TakeAllAsync(created));
        guide.Expect("europe.#", "europe.created, europe.shipped.late", await channel.TakeAllAsync(europe));
        guide.Expect("#", "europe.created, asia.created, europe.shipped.late", await channel.TakeAllAsync(all));
    }
}
