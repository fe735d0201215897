using System.Diagnostics;
using System.Globalization;
using HareMQ.Crash.Damage;
using HareMQ.Crash.Messages;
using HareMQ.Crash.Pressure;
using HareMQ.Crash.Processes;
using HareMQ.Crash.Rounds;

namespace HareMQ.Crash;

internal sealed class CaseRunner(Arguments arguments)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private int _passed;
    private int _failed;
    private int _skipped;

    /// <returns>True when no case failed.</returns>
    public async Task<bool> RunAsync()
    {
        for (var round = 0; round < arguments.Rounds; round++)
        {
            var seed = arguments.Seed + round;
            foreach (var crash in CrashRounds(seed)) await RunAsync(crash, seed);
            // Half of them at a time, so that each comes twice in a few rounds.
            using var store = new DamagedStore(seed);
            foreach (var damage in DamageCase.CreateAll(store).Where((_, index) => (index + seed) % 2 == 0)) await RunAsync(damage, seed);
        }

        await RunAsync(new DeadLetterChainRound(arguments.Messages), arguments.Seed);
        foreach (var pressure in (ICrashCase[])[new HalfOpenConnections(), new LittleMemory()]) await RunAsync(pressure, arguments.Seed);
        foreach (var process in ProcessCase.All) await RunAsync(process, arguments.Seed);
        Console.WriteLine($"{_passed} passed, {_failed} failed, {_skipped} skipped");
        return _failed == 0;
    }

    private static IEnumerable<ICrashCase> CrashRounds(int seed)
    {
        yield return new TrafficRound();
        yield return new DelayRound();
        yield return (seed % 4) switch
        {
            0 => new DefinitionsRound(),
            1 => new BacklogRound(),
            2 => new RecoveryKillRound(),
            _ => new TransactionRound(),
        };
    }

    /// <summary>Neighbouring seeds of the framework's generator begin alike, so they are mixed; and each case has its own.</summary>
    private static Random RandomOf(ICrashCase subject, int seed)
    {
        var state = (ulong)seed;
        foreach (var character in subject.Name) state = SplitMix.Next(ref state) ^ character;
        return new Random((int)SplitMix.Next(ref state));
    }

    private async Task RunAsync(ICrashCase subject, int seed)
    {
        if (!subject.Name.Contains(arguments.Only, StringComparison.OrdinalIgnoreCase))
        {
            _skipped++;
            return;
        }

        var directory = Directory.CreateTempSubdirectory("haremq-crash-").FullName;
        var context = new CaseContext(RandomOf(subject, seed), directory);
        var clock = Stopwatch.StartNew();
        var keeps = arguments.KeepsFiles;
        string outcome;
        try
        {
            await subject.RunAsync(context).WaitAsync(s_patience);
            _passed++;
            outcome = "passed";
        }
        catch (SkippedException skipped)
        {
            _skipped++;
            outcome = $"skipped: {skipped.Message}";
        }
        catch (Exception error)
        {
            _failed++;
            keeps = true;
            var text = error is BrokenPromiseException ? error.Message : error.ToString();
            outcome = $"FAILED, repeat with --rounds 1 --seed {seed} --only \"{subject.Name}\"\n{text}";
        }

        var notes = context.Summary.Length > 0 ? $" ({context.Summary})" : "";
        var seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{subject.Name}, seed {seed}, {seconds:F1} s{notes}: {outcome}"));
        if (keeps) Console.WriteLine($"  files kept in {directory}");
        else Directory.Delete(directory, recursive: true);
    }
}
