namespace Tour.Topics;

/// <summary>A queue with x-max-priority delivers the most important messages first, and those of the same priority in their order.</summary>
internal static class Priorities
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var queue = await channel.QueueDeclareAsync(arguments: new Dictionary<string, object?> { ["x-max-priority"] = 9 });
        await PublishAsync("newsletter", 0);
        await PublishAsync("invoice", 5);
        await PublishAsync("alarm", 9);
        await PublishAsync("second invoice", 5);
        guide.Expect("the most important first", "alarm, invoice, second invoice, newsletter", await channel.TakeAllAsync(queue.QueueName));

        async Task PublishAsync(string text, byte priority) => await channel.BasicPublishAsync(
            "", queue.QueueName, mandatory: false, new BasicProperties { Priority = priority }, System.Text.Encoding.UTF8.GetBytes(text));
    }
}
