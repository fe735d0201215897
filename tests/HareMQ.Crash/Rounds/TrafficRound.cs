using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Traffic;
using RabbitMQ.Client;

namespace HareMQ.Crash.Rounds;

/// <summary>Publishers with confirms, consumers with acks, kill -9 at a random moment, restart, several times; then a drain.</summary>
internal class TrafficRound : ICrashCase
{
    private const string Fanout = "crash.fanout";
    private const string Reports = "crash.reports";
    private static readonly string[] s_directQueues = ["crash.alone", "crash.shared"];
    private static readonly string[] s_fanoutQueues = ["crash.fan.1", "crash.fan.2"];

    public virtual string Name => "kill under traffic";

    public async Task RunAsync(CaseContext context)
    {
        var random = context.Random;
        var all = new Ledger();
        var queues = s_directQueues.Concat(s_fanoutQueues).Append(Reports).ToDictionary(name => name, all.AddQueue);
        var publishers = CreatePublishers(all, queues);
        var consumers = CreateConsumers(all, queues, random);

        await BeforeAsync(context);
        var lives = random.Next(2, 4);
        for (var number = 0; number < lives; number++)
        {
            all.BeginGeneration();
            await using var broker = await BrokerProcess.StartAsync(context.DataDirectory);
            await DeclareAsync(broker.Uri, passive: number > 0);
            var life = new Life(broker, all);
            foreach (var consumer in consumers) life.Run("a consumer", consumer.RunAsync);
            foreach (var publisher in publishers) life.Run("a publisher", publisher.RunAsync);
            await life.KillAfterAsync(Moment(random));
            all.Throw();
            await BetweenAsync(context);
        }

        all.BeginGeneration();
        await using (var broker = await BrokerProcess.StartAsync(context.DataDirectory))
        {
            await DeclareAsync(broker.Uri, passive: true);
            await Drain.RunAsync(broker.Uri, all);
            all.CheckAll();
        }

        context.Summary = $"{lives} kills, {all.Publishers.Sum(publisher => publisher.ConfirmedCount)} confirmed, "
            + $"{all.Queues.Sum(queue => queue.ReceivedCount)} received, {all.Queues.Sum(queue => queue.FinalCount)} settled for good, "
            + $"{all.Queues.Sum(queue => queue.RepeatedCount)} again after a kill";
        if (all.Publishers.Sum(publisher => publisher.ConfirmedCount) == 0) throw new BrokenPromiseException("Nothing was ever confirmed.");
    }

    protected virtual Task BeforeAsync(CaseContext context) => Task.CompletedTask;

    protected virtual Task BetweenAsync(CaseContext context) => Task.CompletedTask;

    /// <summary>0.2 to 3 seconds, more often early.</summary>
    private static TimeSpan Moment(Random random) => TimeSpan.FromSeconds(0.2 + (2.8 * Math.Pow(random.NextDouble(), 2)));

    private static List<Publisher> CreatePublishers(Ledger all, Dictionary<string, QueueLedger> queues)
    {
        var publishers = new List<Publisher>();
        foreach (var name in s_directQueues)
            for (var i = 0; i < 2; i++) publishers.Add(new Publisher(all.AddPublisher(queues[name]), all, "", name));
        publishers.Add(new Publisher(all.AddPublisher([.. s_fanoutQueues.Select(name => queues[name])]), all, Fanout, ""));
        return publishers;
    }

    private static List<QueueConsumer> CreateConsumers(Ledger all, Dictionary<string, QueueLedger> queues, Random random)
    {
        var consumers = new List<QueueConsumer>();
        Add("crash.alone", 1);
        Add("crash.shared", 3);
        Add("crash.fan.1", 1);
        return consumers;

        void Add(string name, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var reports = all.AddPublisher(queues[Reports]);
                consumers.Add(new QueueConsumer(queues[name], reports, all, consumers.Count, random.Next()));
            }
        }
    }

    /// <summary>The second time all of it must be there.</summary>
    private static async Task DeclareAsync(Uri uri, bool passive)
    {
        await using var connection = await Client.ConnectAsync(uri, "topology");
        await using var channel = await connection.CreateChannelAsync();
        if (passive)
        {
            await channel.ExchangeDeclarePassiveAsync(Fanout);
            foreach (var queue in s_directQueues.Concat(s_fanoutQueues).Append(Reports)) await channel.QueueDeclarePassiveAsync(queue);
            return;
        }

        await channel.ExchangeDeclareAsync(Fanout, ExchangeType.Fanout, durable: true);
        foreach (var queue in s_directQueues.Concat(s_fanoutQueues).Append(Reports))
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        foreach (var queue in s_fanoutQueues) await channel.QueueBindAsync(queue, Fanout, "");
    }
}
