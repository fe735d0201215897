using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Traffic;

namespace HareMQ.Crash.Rounds;

/// <summary>
/// Transactional publishers to several queues and a transactional forwarder. A commit that was answered is there with all it holds, acks
/// included; what was rolled back never appears. Of a commit without an answer nothing is promised.
/// </summary>
internal sealed class TransactionRound : ICrashCase
{
    private static readonly string[] s_names = ["crash.tx.1", "crash.tx.2", "crash.tx.3", "crash.tx.forwarded"];

    public string Name => "kill under transactions";

    public async Task RunAsync(CaseContext context)
    {
        var random = context.Random;
        var all = new Ledger();
        var queues = s_names.Select(all.AddQueue).ToArray();
        TransactionalPublisher[] publishers = [NewPublisher(), NewPublisher(), NewPublisher()];
        var forwarder = new TransactionalForwarder(queues[0], all.AddPublisher(queues[3]), all, random.Next());

        const int lives = 2;
        for (var number = 0; number < lives; number++)
        {
            all.BeginGeneration();
            await using var broker = await BrokerProcess.StartAsync(context.DataDirectory);
            if (number == 0) await DeclareAsync(broker.Uri);
            var life = new Life(broker, all);
            foreach (var publisher in publishers) life.Run("a transactional publisher", publisher.RunAsync);
            life.Run("the forwarder", forwarder.RunAsync);
            await life.KillAfterAsync(TimeSpan.FromSeconds(0.5 + (1.5 * random.NextDouble())));
            all.Throw();
        }

        all.BeginGeneration();
        await using (var broker = await BrokerProcess.StartAsync(context.DataDirectory))
        {
            await Drain.RunAsync(broker.Uri, all);
            all.CheckAll();
        }

        context.Summary = $"{publishers.Sum(publisher => publisher.CommitCount)} commits, {forwarder.CommitCount} with acks, "
            + $"{all.Queues.Sum(queue => queue.ReceivedCount)} received";
        if (publishers.Sum(publisher => publisher.CommitCount) == 0) throw new BrokenPromiseException("Nothing was ever committed.");

        TransactionalPublisher NewPublisher() => new([.. queues[..3].Select(queue => all.AddPublisher(queue))], random.Next());
    }

    private static async Task DeclareAsync(Uri uri)
    {
        await using var connection = await Client.ConnectAsync(uri, "topology");
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in s_names) await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
    }
}
