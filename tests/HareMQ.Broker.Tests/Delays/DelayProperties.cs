using FsCheck;
using FsCheck.Fluent;

namespace HareMQ.Broker.Tests.Delays;

/// <summary>Delayed messages against a list of what is due when, under random publishes, waits, restarts and purges.</summary>
public sealed class DelayProperties
{
    /// <summary>What is due has arrived so many milliseconds later, at the latest.</summary>
    private const long LateMs = 50;

    [Fact]
    public void Every_message_comes_once_in_order_and_in_time() =>
        Prop.ForAll(Steps().ToArbitrary(), steps => RunAsync(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static Gen<Step[]> Steps() => Gen.Choose(0, 99).SelectMany(StepOf).ArrayOf();

    private static Gen<Step> StepOf(int kind) => kind switch
    {
        < 50 => Delay().SelectMany(delayMs => Gen.Choose(1, 40).Select(count => new Step(StepKind.Publish, delayMs, count))),
        < 90 => Delay().Select(ms => new Step(StepKind.Pass, Math.Max(1, ms), 0)),
        < 97 => Gen.Constant(new Step(StepKind.Restart, 0, 0)),
        _ => Gen.Constant(new Step(StepKind.Purge, 0, 0)),
    };

    /// <summary>On every scale, and often near the borders between windows.</summary>
    private static Gen<long> Delay() => Gen.Choose(0, 30).SelectMany(bits => Gen.Choose(-20, 20).Select(off => Math.Max(1, (1L << bits) + off)));

    private static async Task RunAsync(Step[] steps)
    {
        await using var broker = await DelayBroker.StartAsync();
        var model = new List<(long DueAtMs, int Number)>();
        var number = 0;
        foreach (var step in steps)
        {
            switch (step.Kind)
            {
                case StepKind.Publish:
                    for (var i = 0; i < step.Count; i++)
                    {
                        model.Add((broker.Broker.Time.NowMs + step.Milliseconds, number));
                        broker.Publish($"{number++}", step.Milliseconds);
                    }

                    break;
                case StepKind.Pass when step.Milliseconds < 20_000:
                    await broker.PassAsync(step.Milliseconds);
                    break;
                case StepKind.Pass:
                    broker.Broker.Time.Jump(step.Milliseconds);
                    // Nobody has told the timers.
                    await broker.PassAsync(1000);
                    break;
                case StepKind.Restart:
                    await broker.RestartAsync();
                    break;
                case StepKind.Purge:
                    Assert.Equal(model.Count, await broker.Pending.PurgeAsync());
                    model.Clear();
                    break;
            }

            await CheckAsync(broker, model);
        }
    }

    private static async Task CheckAsync(DelayBroker broker, List<(long DueAtMs, int Number)> model)
    {
        // A publish may be the turn in which others leave.
        await broker.SettleAsync();
        var nowMs = broker.Broker.Time.NowMs;
        var arrived = await TakeAsync(broker, model);
        Assert.All(arrived, message => Assert.True(message.DueAtMs <= nowMs, $"{message} came before {nowMs}"));
        Assert.Equal(arrived.Order(), arrived);
        foreach (var message in arrived) Assert.True(model.Remove(message), $"{message} came twice");
        Assert.All(model, message => Assert.True(message.DueAtMs > nowMs - LateMs, $"{message} has not come by {nowMs}"));
        Assert.Equal(model.Count, broker.Pending.PendingCount);
    }

    private static async Task<List<(long DueAtMs, int Number)>> TakeAsync(DelayBroker broker, List<(long DueAtMs, int Number)> model)
    {
        var dueAtMs = model.ToDictionary(message => message.Number, message => message.DueAtMs);
        var texts = await broker.TakeAllAsync();
        return [.. texts.Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))
            .Where(dueAtMs.ContainsKey).Select(number => (dueAtMs[number], number))];
    }

    private enum StepKind
    {
        Publish,
        Pass,
        Restart,
        Purge,
    }

    private sealed record Step(StepKind Kind, long Milliseconds, int Count);
}
