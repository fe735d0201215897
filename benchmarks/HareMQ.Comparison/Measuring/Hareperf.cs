using System.Globalization;
using System.Text.Json.Nodes;
using HareMQ.Comparison.Brokers;
using HareMQ.Perf;

namespace HareMQ.Comparison.Measuring;

/// <summary>Runs the load generator as a process beside the broker.</summary>
internal sealed class Hareperf(CancellationToken interrupt)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(8);

    public CancellationToken Interrupt => interrupt;

    /// <summary>Runs a scenario to its end, and sees what else the machine did meanwhile.</summary>
    public PerfResult Run(RunningBroker broker, string scenario)
    {
        interrupt.ThrowIfCancellationRequested();
        var (cpu, startedAt) = (CpuTimes.Read(broker.Pid), Clock.Now);
        using var child = Start(broker, scenario);
        var result = Finish(child);
        var otherCores = (CpuTimes.Read(broker.Pid).Others - cpu.Others) / Clock.Seconds(Clock.Now - startedAt);
        return result with { Noise = Math.Max(0, otherCores) };
    }

    /// <summary>As <see cref="Run"/>, and throws if the run did not add up.</summary>
    public PerfResult Expect(RunningBroker broker, string scenario) => Run(broker, scenario).OrThrow(scenario);

    /// <summary>Starts a scenario beside another one.</summary>
    public ChildProcess Start(RunningBroker broker, string scenario)
    {
        string[] common = ["--uri", broker.Uri, "--pid", broker.Pid.ToString(CultureInfo.InvariantCulture), "--quiet", "--json", "-"];
        return ChildProcess.Start(ChildProcess.Command("dotnet", [BuiltFiles.Hareperf, .. scenario.Split(' '), .. common]));
    }

    public PerfResult Finish(ChildProcess child)
    {
        var exitCode = child.WaitForExit(s_patience, interrupt);
        var report = child.Output() is { Length: > 0 } json ? JsonNode.Parse(json)!.AsObject() : [];
        return new PerfResult(exitCode, report, child.Error.Trim());
    }
}
