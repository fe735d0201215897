namespace HareMQ.Perf;

internal sealed class LatencyScenario : Scenario<LoadOptions>
{
    public override string Name => "latency";

    public override string Summary => "how long messages and confirms take at a steady rate";

    public override string Description =>
        """
        Messages are published at a fixed rate, every one with a confirm and an acknowledgement of its own. A latency starts
        when a message was due, not when it could be sent: a broker that stalls is charged for all that waited meanwhile.
        """;

    public override IReadOnlyList<string> Examples =>
    [
        "latency --rate 5000 --duration 60s",
        "latency --rate 1000,10000,50000,100000:20s --persistent",
        "latency --rate 100 --size 64 --auto-ack --json -",
    ];

    protected override LoadOptions CreateDefaults() =>
        new() { Rate = [new RateStep(1000, null)], Confirms = 1000, AckEvery = 1, Prefetch = 100 };

    protected override OptionSet<LoadOptions> Define(OptionSet<LoadOptions> options) =>
        options.Load().Queues().Routing().Publishing().Consuming();

    protected override Report Run(LoadOptions options, RunContext context)
    {
        options.Validate();
        if (options.Size.Min < MessageStamp.Bytes)
            throw PerfException.Usage($"--size {options.Size}: latencies need bodies of at least {MessageStamp.Bytes} bytes");
        return LoadRun.Execute(Name, options, Topology.From(options), context);
    }
}
