namespace Tour.Topics;

/// <summary>A fanout exchange ignores the key: every bound queue gets its copy. Exchanges can also be bound to exchanges.</summary>
internal static class FanoutExchange
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("tour.news", ExchangeType.Fanout, autoDelete: true);
        await channel.ExchangeDeclareAsync("tour.news.abroad", ExchangeType.Fanout, autoDelete: true);

        var kitchen = await channel.BindNewQueueAsync("tour.news");
        var garden = await channel.BindNewQueueAsync("tour.news");
        var embassy = await channel.BindNewQueueAsync("tour.news.abroad");
        await channel.ExchangeBindAsync(destination: "tour.news.abroad", source: "tour.news", routingKey: "");

        await channel.SendAsync("tour.news", "any key", "rain tomorrow");

        guide.Expect("kitchen", "rain tomorrow", await channel.TakeAllAsync(kitchen));
        guide.Expect("garden", "rain tomorrow", await channel.TakeAllAsync(garden));
        guide.Expect("embassy, through a second exchange", "rain tomorrow", await channel.TakeAllAsync(embassy));
    }
}
