using RabbitMQ.Client.Events;

namespace Tour.Topics;

/// <summary>
/// A queue keeps messages until a consumer takes them. A publisher names the queue as routing key of the default exchange, "", to which
/// every queue is bound by its name.
/// </summary>
internal static class QuickStart
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();

        // Durable: the queue itself survives a restart of the broker; a persistent message in it does too.
        await channel.QueueDeclareAsync("tour.quickstart", durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", "tour.quickstart", mandatory: false, new BasicProperties { Persistent = true },
            "Hello"u8.ToArray());
        guide.Say("published a persistent message");

        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            // The body belongs to the client and is reused after the handler: copy or decode what you keep.
            received.TrySetResult(delivery.Body.Text());
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync("tour.quickstart", autoAck: false, consumer);

        guide.Expect("the consumer received", "Hello", await received.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await channel.QueueDeleteAsync("tour.quickstart");
    }
}
