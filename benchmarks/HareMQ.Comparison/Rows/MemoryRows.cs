using System.Globalization;
using System.Text.Json.Nodes;
using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Measuring;

namespace HareMQ.Comparison.Rows;

/// <summary>What a broker holds in memory, and how long it takes to be there, each on a fresh process.</summary>
internal static class MemoryRows
{
    private const int Backlog = 1_000_000;
    private const int Held = 5000;
    private const int Starts = 4;
    private const string BacklogQueue = "comparison-backlog";

    // A fresh process is still settling: compiling, trimming, collecting.
    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(4);

    public static readonly IReadOnlyList<FreshRow> All =
    [
        new("idle", Idle,
            new Metric("start_s", "start_s", Target.AtMost(0.25, " s"), IsLowerBetter: true, LavinMq: "0.03 s"),
            new Metric("rss_mb", "rss_mb", Target.AtMost(60, " MB"), IsLowerBetter: true, LavinMq: "15 MB"),
            new Metric("anonymous_mb", "anonymous_mb", IsLowerBetter: true)),
        new("backlog-1m-1k-persist", BacklogAndRestart,
            new Metric("publish_rate", "publish_rate"),
            new Metric("rss_mb", "rss_mb", Target.AtMost(100, " MB"), IsLowerBetter: true, LavinMq: "30 MB"),
            new Metric("anonymous_growth_mb", "anonymous_growth_mb", Target.AtMost(20, " MB"), IsLowerBetter: true),
            new Metric("restart_after_kill9_s", "restart_s", Target.AtMost(0.5, " s"), IsLowerBetter: true, LavinMq: "0.02 s"),
            new Metric("rss_mb_after_restart", "restart_rss_mb", IsLowerBetter: true),
            new Metric("drain_rate", "drain_rate")),
        new("connections-5000-idle", Connections,
            new Metric("kb_per_connection", "kb_per_connection", Target.AtMost(30, " KB"), IsLowerBetter: true, LavinMq: "20–54 KB"),
            new Metric("open_rate", "open_rate")),
        new("queues-5000-durable-empty", Queues,
            new Metric("kb_per_queue", "kb_per_queue", Target.AtMost(10, " KB"), IsLowerBetter: true, LavinMq: "2–20 KB"),
            new Metric("declare_rate", "declare_rate", Target.AtLeast(3000, "/s"))),
    ];

    private static JsonObject Idle(BrokerSource source, Hareperf perf)
    {
        var memory = default(ProcessMemory);
        var seconds = new List<double>();
        for (var start = 0; start < Starts; start++)
        {
            using var directory = new TemporaryDirectory();
            using var broker = source.Start(directory.Path);
            seconds.Add(broker.StartSeconds);
            if (start == Starts - 1) memory = Settled(broker, perf);
        }

        return new JsonObject
        {
            ["start_s"] = Medians.Of(seconds), ["rss_mb"] = memory.Resident, ["anonymous_mb"] = memory.Anonymous,
        };
    }

    private static JsonObject BacklogAndRestart(BrokerSource source, Hareperf perf)
    {
        using var directory = new TemporaryDirectory();
        var report = new JsonObject();
        using (var broker = source.Start(directory.Path))
        {
            var idle = Settled(broker, perf);
            var filled = perf.Expect(broker, string.Create(CultureInfo.InvariantCulture,
                $"throughput --consumers 0 --count {Backlog} --persistent --confirms 5000 --keep --queue-pattern {BacklogQueue}"));
            var full = Settled(broker, perf);
            report["publish_rate"] = filled.Number("publish_rate");
            report["rss_mb"] = full.Resident;
            report["anonymous_growth_mb"] = full.Anonymous - idle.Anonymous;
            broker.Kill();
        }

        using (var broker = source.Start(directory.Path, link => link.CountMessages(BacklogQueue) == Backlog))
        {
            report["restart_s"] = broker.StartSeconds;
            report["restart_rss_mb"] = ProcessMemory.Of(broker.Pid).Resident;
            var drained = perf.Expect(broker, $"throughput --publishers 0 --durable --queue-pattern {BacklogQueue}");
            report["drain_rate"] = drained.Number("consume_rate");
        }

        return report;
    }

    private static JsonObject Connections(BrokerSource source, Hareperf perf)
    {
        var report = Hold(source, perf, $"connections --count {Held} --parallel 4 --hold 4s");
        return new JsonObject
        {
            ["kb_per_connection"] = report.Number("broker_kb_per_connection"), ["open_rate"] = report.Number("open_rate"),
        };
    }

    private static JsonObject Queues(BrokerSource source, Hareperf perf)
    {
        var report = Hold(source, perf, $"queues --count {Held} --durable --hold 4s");
        return new JsonObject { ["kb_per_queue"] = report.Number("broker_kb_per_queue"), ["declare_rate"] = report.Number("declare_rate") };
    }

    private static PerfResult Hold(BrokerSource source, Hareperf perf, string scenario)
    {
        using var directory = new TemporaryDirectory();
        using var broker = source.Start(directory.Path);
        Settled(broker, perf);
        return perf.Expect(broker, scenario);
    }

    private static ProcessMemory Settled(RunningBroker broker, Hareperf perf)
    {
        perf.Interrupt.WaitHandle.WaitOne(s_idleTime);
        perf.Interrupt.ThrowIfCancellationRequested();
        return ProcessMemory.Of(broker.Pid);
    }
}
