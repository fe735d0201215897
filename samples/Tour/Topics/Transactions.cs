namespace Tour.Topics;

/// <summary>
/// On a transactional channel publishes and acknowledgements wait for the commit, and a rollback forgets them. Confirms are faster
/// where a single message is the unit.
/// </summary>
internal static class Transactions
{
    public static async Task RunAsync(IConnection connection, Guide guide)
    {
        await using var channel = await connection.CreateChannelAsync();
        var (inbox, outbox) = ((await channel.QueueDeclareAsync()).QueueName, (await channel.QueueDeclareAsync()).QueueName);
        await channel.SendAsync("", inbox, "order");

        await channel.TxSelectAsync();
        var order = await channel.BasicGetAsync(inbox, autoAck: false);

        await channel.SendAsync("", outbox, "invoice with a mistake");
        await channel.TxRollbackAsync();
        guide.Expect("after the rollback", 0u, await channel.MessageCountAsync(outbox));

        // The order is done exactly when its invoice is on the way.
        await channel.SendAsync("", outbox, "invoice");
        await channel.BasicAckAsync(order!.DeliveryTag, multiple: false);
        guide.Expect("before the commit", 0u, await channel.MessageCountAsync(outbox));
        await channel.TxCommitAsync();
        guide.Expect("after the commit", "invoice", await channel.TakeAllAsync(outbox));
    }
}
