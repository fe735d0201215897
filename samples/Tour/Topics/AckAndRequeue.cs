namespace Tour.Topics;

/// <summary>
/// A message stays the broker's until its consumer acknowledges it. Who cannot handle it gives it back: it returns to its old place,
/// marked as redelivered; or it rejects it for good, and the queue's dead letter exchange gets it.
/// </summary>
internal static class AckAndRequeue
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("tour.dead-letters", ExchangeType.Fanout, autoDelete: true);
        var deadLetters = await channel.BindNewQueueAsync("tour.dead-letters");
        var queue = (await channel.QueueDeclareAsync(arguments:
            new Dictionary<string, object?> { ["x-dead-letter-exchange"] = "tour.dead-letters" })).QueueName;
        await channel.SendAsync("", queue, "first");
        await channel.SendAsync("", queue, "second");

        var first = await channel.BasicGetAsync(queue, autoAck: false);
        await channel.BasicNackAsync(first!.DeliveryTag, multiple: false, requeue: true);
        guide.Say("gave the first message back");

        var again = await channel.BasicGetAsync(queue, autoAck: false);
        guide.Expect("first in line again", "first", again!.Body.Text());
        guide.Expect("redelivered", true, again.Redelivered);
        await channel.BasicAckAsync(again.DeliveryTag, multiple: false);

        var second = await channel.BasicGetAsync(queue, autoAck: false);
        guide.Expect("redelivered", false, second!.Redelivered);
        await channel.BasicRejectAsync(second.DeliveryTag, requeue: false);
        guide.Expect("left in the queue", "nothing", await channel.TakeAllAsync(queue));

        // Dead-lettering is the queue's own publish: it may arrive a moment after the reject was sent.
        BasicGetResult? dead;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while ((dead = await channel.BasicGetAsync(deadLetters, autoAck: true, deadline.Token)) is null) await Task.Yield();
        guide.Expect("dead letter", "second", dead.Body.Text());
    }
}
