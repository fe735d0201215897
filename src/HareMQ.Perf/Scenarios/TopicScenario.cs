namespace HareMQ.Perf;

internal sealed class TopicScenario : Scenario<TopicOptions>
{
    // One message of a batch for each.
    private const int BindingsMax = 8000;

    // Each matches one of the keys below, and no other.
    private static readonly string[] s_patterns = ["*.k%d.*", "*.k%d.#", "#.k%d.*", "#.k%d.#"];

    public override string Name => "topic";

    public override string Summary => "messages through a topic exchange with many wildcard bindings";

    public override string Description =>
        """
        Bindings such as *.k7.*, *.k8.#, #.k9.* and #.k10.# are spread over the queues; keys go round so that each message matches one
        of them, and the exchange has to find out which.
        """;

    public override IReadOnlyList<string> Examples => ["topic --bindings 1000 --queues 10 --consumers 10", "topic --size 16 --auto-ack"];

    protected override TopicOptions CreateDefaults() => new()
    {
        Exchange = "hareperf.topic", ExchangeType = "topic", Queues = new NumberRange(1, 4), QueuePattern = "hareperf-topic-%d",
        Consumers = 4, InFlight = 20000,
    };

    protected override OptionSet<TopicOptions> Define(OptionSet<TopicOptions> options) => options
        .Load()
        .Queues()
        .Number("--bindings", "N", $"wildcard bindings in all (default {options.Defaults.Bindings})", 1, BindingsMax,
            (topic, value) => topic.Bindings = value)
        .Publishing()
        .Consuming();

    protected override Report Run(TopicOptions options, RunContext context)
    {
        options.Validate();
        var numbers = Enumerable.Range(0, options.Bindings).ToArray();
        var plain = Topology.From(options);
        var topology = plain with
        {
            Bindings = [.. numbers.Select(i => new Binding(plain.Queues[i % plain.Queues.Count], NamePattern.Name(s_patterns[i % 4], i)))],
            RoutingKeys = [.. numbers.Select(i => $"w{i % 10}.k{i}.z{i % 7}")],
        };
        return LoadRun.Execute(Name, options, topology, context);
    }
}
