namespace HareMQ.Perf;

internal sealed class ChurnScenario : Scenario<ChurnOptions>
{
    public override string Name => "churn";

    public override string Summary => "connections that come and go";

    public override string Description =>
        """
        Each cycle connects, logs in, opens its channels, closes all but the first again, and closes the connection. Many cycles need many
        ports: a machine has some 28,000 for one address, and keeps each for a minute after its use.
        """;

    public override IReadOnlyList<string> Examples => ["churn --parallel 8 --duration 30s", "churn --count 10000 --channels 10 --pid 1234"];

    protected override ChurnOptions CreateDefaults() => new();

    protected override OptionSet<ChurnOptions> Define(OptionSet<ChurnOptions> options)
    {
        options.Title = "Load";
        return options
            .Number("--parallel", "N", "cycles at the same time (default 4)", 1, 1024, (churn, value) => churn.Parallel = value)
            .Number("--channels", "N", "channels of each connection (default 1)", 1, 2047, (churn, value) => churn.Channels = value)
            .Value("--duration", "TIME", "how long (default 10s)", Durations.Parse, (churn, value) => churn.Duration = value)
            .Number("--count", "N", "cycles in all, instead of a duration", 1, int.MaxValue, (churn, value) => churn.Count = value);
    }

    protected override Report Run(ChurnOptions options, RunContext context)
    {
        var histograms = Enumerable.Range(0, options.Parallel).Select(_ => new Histogram()).ToArray();
        var usage = new UsageSpan(options.Pid);
        var start = Clock.Now;
        var end = start + Clock.Nanoseconds(options.Duration);
        long started = 0;
        Workers.Run(options.Parallel, context, (worker, goOn) =>
        {
            while (goOn() && (options.Count is { } count ? Interlocked.Increment(ref started) <= count : Clock.Now < end))
            {
                var from = Clock.Now;
                Cycle(options, worker);
                histograms[worker].Add(Clock.Now - from);
            }
        });
        var seconds = Clock.Seconds(Clock.Now - start);
        usage.End();
        var all = new Histogram();
        foreach (var histogram in histograms) all.Add(histogram);
        var report = new Report(Name, $"{options.Parallel} at the same time, {options.Channels} channels each")
        {
            IsInterrupted = context.Interrupt.IsCancellationRequested,
        };
        report.Add("seconds", seconds);
        report.Add("cycles", all.Count);
        report.Add("cycle_rate", all.Count / seconds);
        usage.AddTo(report, all.Count);
        report.AddLatency("cycle_latency", all);
        if (options.Count is { } expected) report.Expect("cycles = asked for", all.Count, expected);
        return report;
    }

    private static void Cycle(ChurnOptions options, int worker)
    {
        using var link = AmqpLink.Open(options.AddressOf(worker), options.Timeout);
        for (var channel = 2; channel <= options.Channels; channel++) link.OpenChannel((ushort)channel);
        for (var channel = 2; channel <= options.Channels; channel++) link.CloseChannel((ushort)channel);
        link.Close();
    }
}
