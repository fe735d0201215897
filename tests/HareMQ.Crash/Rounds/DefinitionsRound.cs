using HareMQ.Crash.Brokers;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Traffic;

namespace HareMQ.Crash.Rounds;

/// <summary>
/// Queues, exchanges and bindings come and go when the broker is killed. What was answered holds: made things are there, deleted ones not.
/// </summary>
internal sealed class DefinitionsRound : ICrashCase
{
    private const int Workers = 4;

    public string Name => "kill under declarations";

    public async Task RunAsync(CaseContext context)
    {
        var all = new Ledger();
        var random = context.Random;
        DefinitionsWorker[] workers = [.. Enumerable.Range(0, Workers).Select(number => new DefinitionsWorker(number, all, random.Next()))];
        var lives = context.Random.Next(2, 4);
        for (var number = 0; number < lives; number++)
        {
            all.BeginGeneration();
            await using var broker = await BrokerProcess.StartAsync(context.DataDirectory);
            foreach (var worker in workers) await worker.CheckAsync(broker.Uri);
            all.Throw();
            var life = new Life(broker, all);
            foreach (var worker in workers) life.Run("a worker", worker.RunAsync);
            await life.KillAfterAsync(TimeSpan.FromSeconds(0.2 + (1.3 * context.Random.NextDouble())));
            all.Throw();
        }

        all.BeginGeneration();
        await using (var broker = await BrokerProcess.StartAsync(context.DataDirectory))
        {
            foreach (var worker in workers) await worker.CheckAsync(broker.Uri);
            all.Throw();
        }

        context.Summary = $"{lives} kills, {workers.Sum(worker => worker.AnsweredCount)} answers";
        if (workers.Sum(worker => worker.AnsweredCount) == 0) throw new BrokenPromiseException("Nothing was ever answered.");
    }
}
