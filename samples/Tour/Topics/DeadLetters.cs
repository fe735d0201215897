namespace Tour.Topics;

/// <summary>
/// What is rejected, expires, or does not fit goes to the queue's dead letter exchange, and says in its headers what happened: somebody can look
/// at it, mend it, send it again.
/// </summary>
internal static class DeadLetters
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("tour.dead", ExchangeType.Fanout, autoDelete: true);
        var graveyard = await channel.BindNewQueueAsync("tour.dead");
        var mail = new Mailbox(channel);
        await channel.BasicConsumeAsync(graveyard, autoAck: true, mail);

        var work = await channel.QueueDeclareAsync(arguments: new Dictionary<string, object?>
        {
            ["x-dead-letter-exchange"] = "tour.dead",
            ["x-max-length"] = 1,
        });

        await channel.SendAsync("", work.QueueName, "the oldest gives way");
        await channel.SendAsync("", work.QueueName, "poison");
        guide.Expect("did not fit", "the oldest gives way", await mail.NextAsync());
        guide.Expect("why", "maxlen", mail.Header("x-first-death-reason"));

        var message = await channel.BasicGetAsync(work.QueueName, autoAck: false);
        await channel.BasicRejectAsync(message!.DeliveryTag, requeue: false);
        guide.Expect("was rejected", "poison", await mail.NextAsync());
        guide.Expect("why", "rejected", mail.Header("x-first-death-reason"));
        guide.Expect("where", work.QueueName, mail.Header("x-first-death-queue"));
    }
}
