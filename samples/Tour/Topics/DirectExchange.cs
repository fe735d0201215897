namespace Tour.Topics;

/// <summary>
/// A publisher sends to an exchange, never to a queue; bindings decide which queues get a copy. A direct exchange compares the routing
/// key with the binding key, letter by letter.
/// </summary>
internal static class DirectExchange
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("tour.log", ExchangeType.Direct, autoDelete: true);

        var errors = await channel.BindNewQueueAsync("tour.log", "error");
        var everything = await channel.BindNewQueueAsync("tour.log", "error");
        await channel.QueueBindAsync(everything, "tour.log", "info");

        await channel.SendAsync("tour.log", "info", "started");
        await channel.SendAsync("tour.log", "error", "disk full");
        await channel.SendAsync("tour.log", "debug", "nobody is bound by this key");

        guide.Expect("queue bound by error", "disk full", await channel.TakeAllAsync(errors));
        guide.Expect("queue bound by error and info", "started, disk full", await channel.TakeAllAsync(everything));
    }
}
