namespace HareMQ.Perf;

internal sealed class FanoutScenario : Scenario<LoadOptions>
{
    public override string Name => "fanout";

    public override string Summary => "each message to many queues through a fanout exchange";

    public override string Description =>
        """
        One publisher, and a consumer for every queue unless --consumers says otherwise. The rate consumed is that of deliveries: the
        published one times the number of queues.
        """;

    public override IReadOnlyList<string> Examples =>
        ["fanout --queues 100 --size 100 --auto-ack", "fanout --queues 10 --rate 1000 --ack-every 1"];

    protected override LoadOptions CreateDefaults() => new()
    {
        Exchange = "hareperf.fanout", ExchangeType = "fanout", Queues = new NumberRange(1, 10), QueuePattern = "hareperf-fanout-%d",
        Consumers = 0, InFlight = 5000,
    };

    protected override OptionSet<LoadOptions> Define(OptionSet<LoadOptions> options) =>
        options.Load("one for each queue").Queues().Publishing().Consuming();

    protected override Report Run(LoadOptions options, RunContext context)
    {
        if (options.Consumers == 0) options.Consumers = options.Queues.Count;
        options.Validate();
        return LoadRun.Execute(Name, options, Topology.From(options), context);
    }
}
