using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Traffic;

namespace HareMQ.Crash.Rounds;

/// <summary>A backlog of 100,000 messages is being drained when the broker is killed, twice.</summary>
internal sealed class BacklogRound : ICrashCase
{
    private const string Queue = "crash.backlog";
    private const int Messages = 100_000;
    private const int BodyBytes = 64;

    public string Name => "kill while a backlog is drained";

    public async Task RunAsync(CaseContext context)
    {
        var random = context.Random;
        var all = new Ledger();
        var queue = all.AddQueue(Queue);
        Publisher[] publishers = [.. Enumerable.Range(0, 4).Select(_ => new Publisher(all.AddPublisher(queue), all, "", Queue)
        {
            CountMax = Messages / 4, BodyBytes = BodyBytes, Window = 2000,
        })];

        all.BeginGeneration();
        await using (var broker = await BrokerProcess.StartAsync(context.DataDirectory))
        {
            await DeclareAsync(broker.Uri);
            var life = new Life(broker, all);
            foreach (var publisher in publishers) life.Run("a publisher", publisher.RunAsync);
            await life.ClientsAsync();
            all.Throw();
            await DrainAndKillAsync(life, all, queue, random);
        }

        all.BeginGeneration();
        await using (var broker = await BrokerProcess.StartAsync(context.DataDirectory))
            await DrainAndKillAsync(new Life(broker, all), all, queue, random);

        all.BeginGeneration();
        await using (var broker = await BrokerProcess.StartAsync(context.DataDirectory))
        {
            await Drain.RunAsync(broker.Uri, all, BodyBytes);
            all.CheckAll();
        }

        context.Summary = $"{all.Publishers.Sum(publisher => publisher.ConfirmedCount)} confirmed, {queue.FinalCount} settled for good, "
            + $"{queue.RepeatedCount} again after a kill";
    }

    private static async Task DrainAndKillAsync(Life life, Ledger all, QueueLedger queue, Random random)
    {
        var consumer = new BulkConsumer(queue, all, BodyBytes, acksEvery: random.Next(1, 20));
        life.Run("the consumer", consumer.RunAsync);
        await consumer.FirstAnswer.WaitAsync(BrokerProcess.Patience);
        // Longer than the time after which acks count for good, shorter than the backlog lasts.
        await life.KillAfterAsync(TimeSpan.FromSeconds(0.3 + (0.4 * random.NextDouble())));
        all.Throw();
    }

    private static async Task DeclareAsync(Uri uri)
    {
        await using var connection = await Client.ConnectAsync(uri, "topology");
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
    }
}
