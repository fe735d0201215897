namespace HareMQ.Perf;

internal sealed class ThroughputScenario : Scenario<LoadOptions>
{
    public override string Name => "throughput";

    public override string Summary => "as many messages as broker and machine allow, published, consumed, or both";

    public override string Description =>
        """
        Publishers and consumers run together, at full speed unless --rate says otherwise. With --consumers 0 messages are only published,
        and the run lasts until the broker has counted the last; with --publishers 0 what the queues hold is consumed.
        """;

    public override IReadOnlyList<string> Examples =>
    [
        "throughput --size 1024 --auto-ack",
        "throughput --publishers 4 --consumers 4 --queues 4 --persistent --confirms 1000 --duration 30s",
        "throughput --consumers 0 --count 1000000 --keep",
        "throughput --rate 1000,5000,20000:30s --ack-every 1 --json steps.json",
        "throughput --exchange orders --exchange-type topic --routing-key 'order.%d.new' --binding-key 'order.%d.#' --queues 10",
    ];

    protected override LoadOptions CreateDefaults() => new() { InFlight = 20000 };

    protected override OptionSet<LoadOptions> Define(OptionSet<LoadOptions> options) =>
        options.Load().Queues().Routing().Publishing().Consuming();

    protected override Report Run(LoadOptions options, RunContext context)
    {
        options.Validate();
        return LoadRun.Execute(Name, options, Topology.From(options), context);
    }
}
