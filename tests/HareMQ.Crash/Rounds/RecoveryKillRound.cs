using HareMQ.Crash.Brokers;

namespace HareMQ.Crash.Rounds;

/// <summary>As under traffic, and each start is killed twice before it is done: the very first one, which makes the store, too.</summary>
internal sealed class RecoveryKillRound : TrafficRound
{
    private const int Kills = 2;

    // From before the runtime is up to after the broker is ready.
    private const int StartMillisecondsMin = 100;
    private const int StartMillisecondsMax = 500;

    public override string Name => "kill during recovery";

    protected override Task BeforeAsync(CaseContext context) => BetweenAsync(context);

    protected override async Task BetweenAsync(CaseContext context)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var broker = BrokerProcess.Launch(context.DataDirectory);
            // Either as soon as the store is open, when the definitions are about to be written or the queues to be read, or anywhere.
            if (context.Random.Next(2) == 0) await broker.LoggedAsync(line => line.Contains("opened: format", StringComparison.Ordinal), "that the store is open");
            else await Task.Delay(context.Random.Next(StartMillisecondsMin, StartMillisecondsMax));
            await broker.KillAsync();
        }
    }
}
