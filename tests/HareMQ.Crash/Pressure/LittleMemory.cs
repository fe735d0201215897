using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Traffic;

namespace HareMQ.Crash.Pressure;

/// <summary>
/// A backlog that is larger than the memory which the kernel lets the broker have, page cache included: it takes it, confirms it and gives it
/// back, and is not killed for it.
/// </summary>
internal sealed class LittleMemory : ICrashCase
{
    private const string Queue = "crash.memory";
    private const long LimitBytes = 256L << 20;
    private const int Messages = 20_000;
    private const int BodyBytes = 16 * 1024;

    public string Name => "pressure: less memory than backlog";

    public async Task RunAsync(CaseContext context)
    {
        using var limit = MemoryLimit.Create(LimitBytes);
        var all = new Ledger();
        var queue = all.AddQueue(Queue);
        Publisher[] publishers = [.. Enumerable.Range(0, 2).Select(_ => new Publisher(all.AddPublisher(queue), all, "", Queue)
        {
            CountMax = Messages / 2, BodyBytes = BodyBytes, Window = 500,
        })];

        all.BeginGeneration();
        await using var broker = await BrokerProcess.StartAsync(context.DataDirectory, new BrokerSetup { Limit = limit });
        await using (var connection = await Client.ConnectAsync(broker.Uri, "topology"))
        await using (var channel = await connection.CreateChannelAsync())
            await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
        var life = new Life(broker, all);
        foreach (var publisher in publishers) life.Run("a publisher", publisher.RunAsync);
        await life.ClientsAsync();
        all.Throw();
        var memory = broker.MemoryBytes;
        await Drain.RunAsync(broker.Uri, all, BodyBytes);
        all.CheckAll();
        context.Summary = $"{all.Publishers.Sum(publisher => publisher.ConfirmedCount)} confirmed, {memory >> 20} MB resident with the backlog";
    }
}
