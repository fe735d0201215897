namespace Tour.Topics;

/// <summary>
/// Of several consumers only one is served, so the messages are handled in order; the others stand by and take over when it goes.
/// </summary>
internal static class SingleActiveConsumer
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        var queue = await channel.QueueDeclareAsync(arguments: new Dictionary<string, object?> { ["x-single-active-consumer"] = true });
        var active = new Mailbox(channel);
        var standby = new Mailbox(channel);
        var activeTag = await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, active);
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, standby);

        await channel.SendAsync("", queue.QueueName, "one");
        await channel.SendAsync("", queue.QueueName, "two");
        guide.Expect("the first consumer gets all", "one, two", $"{await active.NextAsync()}, {await active.NextAsync()}");

        await channel.BasicCancelAsync(activeTag);
        await channel.SendAsync("", queue.QueueName, "three");
        guide.Expect("the second takes over", "three", await standby.NextAsync());
    }
}
