namespace Tour.Topics;

/// <summary>What an exchange finds no queue for goes to its alternate exchange: nothing is lost because a binding is missing.</summary>
internal static class AlternateExchange
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("tour.strays", ExchangeType.Fanout, autoDelete: true);
        var strays = await channel.BindNewQueueAsync("tour.strays");
        await channel.ExchangeDeclareAsync(
            "tour.orders", ExchangeType.Direct, autoDelete: true,
            arguments: new Dictionary<string, object?> { ["alternate-exchange"] = "tour.strays" });
        var orders = await channel.BindNewQueueAsync("tour.orders", "order");

        await channel.SendAsync("tour.orders", "order", "an order");
        await channel.SendAsync("tour.orders", "odrer", "a typing error");
        guide.Expect("routed", "an order", await channel.TakeAllAsync(orders));
        guide.Expect("caught", "a typing error", await channel.TakeAllAsync(strays));
    }
}
