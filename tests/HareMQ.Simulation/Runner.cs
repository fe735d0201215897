using System.Diagnostics;
using System.Globalization;
using HareMQ.Simulation.Machine;
using HareMQ.Simulation.Model;
using HareMQ.Simulation.Runs;

namespace HareMQ.Simulation;

internal sealed class Runner(Arguments arguments)
{
    private const int Replays = 20;

    private static readonly FaultKind[] s_sweptKinds =
        [FaultKind.PowerCut, FaultKind.ProcessKill, FaultKind.DiskFull, FaultKind.InputOutput, FaultKind.SyncFails, FaultKind.ReadFails];

    private int _passed;
    private int _failed;
    private long _events;
    private long _messages;
    private long _confirmed;
    private long _delivered;
    private long _lives;

    /// <returns>True when no run failed.</returns>
    public bool Run()
    {
        var clock = Stopwatch.StartNew();
        if (arguments.Only is { } seed)
        {
            var result = Run(seed, arguments.Plan ?? PlanOf(seed), arguments.Trace ? Console.Out : null);
            if (result is not null) Console.WriteLine(result);
        }
        else
        {
            RunSeeds();
            Sweep();
        }

        var seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_events} events, {_lives} lives, {_messages} messages published, {_confirmed} confirmed, {_delivered} deliveries, {seconds:F1} s"));
        Console.WriteLine($"{_passed} passed, {_failed} failed, 0 skipped");
        return _failed == 0;
    }

    /// <summary>Some seeds run twice: a failure that does not replay would be worth little.</summary>
    private void RunSeeds()
    {
        for (var seed = arguments.First; seed < arguments.First + arguments.Seeds; seed++)
        {
            var result = Run(seed, PlanOf(seed), output: null);
            if (result is null || seed >= arguments.First + Replays) continue;
            var again = Run(seed, PlanOf(seed), output: null);
            if (again is not null && again != result) Fail(seed, PlanOf(seed), $"does not replay: {result}, then {again}");
        }
    }

    /// <summary>One run, and each kind of fault at calls of the disk that are spread over all of it.</summary>
    private void Sweep()
    {
        if (arguments.Sweep == 0) return;
        var seed = arguments.First;
        if (Run(seed, new FaultPlan(FaultKind.None, 0), output: null) is not { } healthy) return;
        foreach (var kind in s_sweptKinds)
        {
            for (var i = 0; i < arguments.Sweep; i++)
            {
                var atCall = 1 + (healthy.DiskCalls - 1) * i / arguments.Sweep;
                Run(seed, new FaultPlan(kind, atCall, Calls: 1 + i % 3 * 10), output: null);
            }
        }
    }

    private static FaultPlan PlanOf(int seed)
    {
        // Neighbouring seeds of the framework's generator begin alike.
        var random = new Random(seed * 7919 + 17);
        random.Next();
        var kind = random.Next(3) == 0 ? FaultKind.None : s_sweptKinds[random.Next(s_sweptKinds.Length)];
        return new FaultPlan(kind, random.Next(1, 3000), random.Next(1, 40));
    }

    private RunResult? Run(int seed, FaultPlan plan, TextWriter? output)
    {
        try
        {
            var result = new SimulationRun(seed, plan, output).Run();
            _passed++;
            _events += result.Events;
            _messages += result.Messages;
            _confirmed += result.Confirmed;
            _delivered += result.Delivered;
            _lives += result.Lives;
            return result;
        }
        catch (Exception error)
        {
            Fail(seed, plan, error is BrokenPromiseException ? error.Message : error.ToString());
            return null;
        }
    }

    private void Fail(int seed, FaultPlan plan, string why)
    {
        _failed++;
        // The order in which the framework's concurrent dictionaries list their entries depends on the number of processors.
        var repeat = $"DOTNET_PROCESSOR_COUNT={Environment.ProcessorCount}, --seed {seed} --fault {plan.Kind} --at {plan.AtCall} --calls {plan.Calls} --trace";
        Console.WriteLine($"not ok seed {seed}, {plan.Kind}: {why}\n    repeat with {repeat}");
    }
}
