using RabbitMQ.Client.Exceptions;

namespace Tour.Topics;

/// <summary>
/// An exchange of type x-delayed-message holds a message back for as long as its header x-delay says, in milliseconds. RabbitMQ needs a
/// plugin for it.
/// </summary>
internal static class DelayedMessages
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        try
        {
            await using var asking = await connection.CreateChannelAsync();
            await asking.ExchangeDeclareAsync(
                "tour.later", "x-delayed-message", autoDelete: true,
                arguments: new Dictionary<string, object?> { ["x-delayed-type"] = ExchangeType.Direct });
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyText.Contains("exchange type") == true)
        {
            guide.Say("This broker has no delayed messages.");
            return;
        }

        await using var channel = await connection.CreateChannelAsync();
        var queue = await channel.BindNewQueueAsync("tour.later", "reminder");
        var mail = new Mailbox(channel);
        await channel.BasicConsumeAsync(queue, autoAck: true, mail);
        await PublishAsync("in half a second", 500);
        await PublishAsync("in a fifth of a second", 200);
        await PublishAsync("at once", 0);
        guide.Expect("first", "at once", await mail.NextAsync());
        guide.Expect("then", "in a fifth of a second", await mail.NextAsync());
        guide.Expect("last", "in half a second", await mail.NextAsync());

        async Task PublishAsync(string text, int delayMilliseconds) => await channel.BasicPublishAsync(
            "tour.later", "reminder", mandatory: false,
            new BasicProperties { Headers = new Dictionary<string, object?> { ["x-delay"] = delayMilliseconds } },
            System.Text.Encoding.UTF8.GetBytes(text));
    }
}
