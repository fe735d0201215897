namespace HareMQ.Perf;

internal sealed class BacklogScenario : Scenario<LoadOptions>
{
    private const long CountDefault = 200_000;

    public override string Name => "backlog";

    public override string Summary => "fill queues without consumers, then drain them";

    public override string Description =>
        """
        The first half publishes --count messages with confirms and waits until the queues hold them all; the second consumes them.
        With --pid the report has the broker's memory after each half.
        """;

    public override IReadOnlyList<string> Examples =>
        ["backlog --count 1000000 --persistent", "backlog --count 100000 --size 10k --queues 10 --publishers 4 --consumers 4 --pid 1234"];

    protected override LoadOptions CreateDefaults() =>
        new() { Count = CountDefault, Confirms = 1000, QueuePattern = "hareperf-backlog-%d" };

    protected override OptionSet<LoadOptions> Define(OptionSet<LoadOptions> options)
    {
        options.Title = "Load";
        return options
            .Size()
            .Connections("1")
            .Count($"messages to publish and consume (default {CountDefault})")
            .Queues()
            .Publishing()
            .Consuming();
    }

    protected override Report Run(LoadOptions options, RunContext context)
    {
        options.Validate();
        if (options.Publishers == 0 || options.Consumers == 0) throw PerfException.Usage("a backlog needs publishers and consumers");
        var topology = Topology.From(options);
        var report = new Report(Name, LoadSetting.Describe(options));
        Append(report, "fill", LoadRun.Execute(Name, options with { Consumers = 0, Keep = true }, topology, context));
        if (!report.IsInterrupted)
            Append(report, "drain", LoadRun.Execute(Name, options with { Publishers = 0, Count = null, Purge = false }, topology, context));
        return report;
    }

    private static void Append(Report report, string half, Report result)
    {
        foreach (var figure in result.Figures) report.Add($"{half}_{figure.Name}", figure.Value);
        foreach (var latency in result.Latencies) report.AddLatency($"{half}_{latency.Name}", latency.Histogram);
        foreach (var check in result.Checks) report.Checks.Add(check);
        foreach (var note in result.Notes) report.Notes.Add(note);
        report.IsInterrupted |= result.IsInterrupted;
    }
}
