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

    /// <summary>The very first start writes the default user; killed then, it must not leave a broker that lets nobody in.</summary>
    protected override async Task BeforeAsync(CaseContext context)
    {
        await KillWhenLoggedAsync(context, "Created vhost");
        await BetweenAsync(context);
    }

    protected override async Task BetweenAsync(CaseContext context)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            // Either as soon as the store is open, when the queues are about to be read, or anywhere.
            if (context.Random.Next(2) == 0) await KillWhenLoggedAsync(context, "opened: format");
            else await KillAfterAsync(context, context.Random.Next(StartMillisecondsMin, StartMillisecondsMax));
        }
    }

    private static async Task KillWhenLoggedAsync(CaseContext context, string part)
    {
        await using var broker = BrokerProcess.Launch(context.DataDirectory);
        await broker.LoggedAsync(line => line.Contains(part, StringComparison.Ordinal), $"'{part}'");
        await broker.KillAsync();
    }

    private static async Task KillAfterAsync(CaseContext context, int milliseconds)
    {
        await using var broker = BrokerProcess.Launch(context.DataDirectory);
        await Task.Delay(milliseconds);
        await broker.KillAsync();
    }
}
