using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;

namespace HareMQ.Crash.Traffic;

/// <summary>Publishes to several queues in one transaction after the other; one in ten it rolls back.</summary>
/// <param name="ledgers">One per queue.</param>
/// <param name="seed">Of its choices.</param>
internal sealed class TransactionalPublisher(PublisherLedger[] ledgers, int seed)
{
    private static readonly BasicProperties s_persistent = new() { Persistent = true };

    private readonly Random _random = new(seed);

    public int CommitCount { get; private set; }

    public async Task RunAsync(Life life)
    {
        var connection = await Client.ConnectAsync(life.Uri, "transactional publisher");
        try
        {
            var channel = await connection.CreateChannelAsync();
            await channel.TxSelectAsync();
            foreach (var ledger in ledgers) ledger.StartAfresh();
            while (!life.Ended.IsCancellationRequested) await TransactAsync(channel);
        }
        finally
        {
            await connection.AbandonAsync();
        }
    }

    private async Task TransactAsync(IChannel channel)
    {
        var sent = new List<(PublisherLedger Ledger, long Sequence)>();
        var rollsBack = _random.Next(10) == 0;
        for (var count = _random.Next(1, 20); count > 0; count--)
        {
            var ledger = ledgers[_random.Next(ledgers.Length)];
            var id = ledger.Next();
            // Whether or not the rollback is answered: nobody has ever committed it.
            if (rollsBack) ledger.Withdraw(id.Sequence);
            sent.Add((ledger, id.Sequence));
            await channel.BasicPublishAsync("", ledger.Targets[0].Name, mandatory: false, s_persistent, MessageBody.Create(id));
        }

        if (rollsBack)
        {
            await channel.TxRollbackAsync();
            return;
        }

        await channel.TxCommitAsync();
        CommitCount++;
        foreach (var (ledger, sequence) in sent) ledger.Confirm(sequence, multiple: false);
    }
}
