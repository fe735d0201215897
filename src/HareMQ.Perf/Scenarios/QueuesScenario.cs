using HareMQ.Protocol;

namespace HareMQ.Perf;

internal sealed class QueuesScenario : Scenario<QueuesOptions>
{
    // Declares under way; one at a time would measure the way there and back.
    private const int PipelineMax = 64;

    public override string Name => "queues";

    public override string Summary => "declare many queues: rate, and memory for each";

    public override string Description =>
        """
        Queues are declared over one connection, up to 64 declares under way, held, and deleted. With --pid the report says
        by how much the broker's memory grew for each.
        """;

    public override IReadOnlyList<string> Examples =>
        ["queues --count 10000 --durable --pid 1234", "queues --count 100 --queue-argument x-max-priority=10"];

    protected override QueuesOptions CreateDefaults() => new();

    protected override OptionSet<QueuesOptions> Define(OptionSet<QueuesOptions> options)
    {
        options.Title = "Load";
        return options
            .Number("--count", "N", "queues (default 1000)", 1, 10_000_000, (queues, value) => queues.Count = value)
            .Value("--queue-pattern", "NAME", $"their names, %d for the number (default {options.Defaults.Pattern})",
                text => NamePattern.HasNumber(text) ? text : throw new FormatException($"'{text}' has no %d"),
                (queues, value) => queues.Pattern = value)
            .Values("--queue-argument", "NAME=VALUE", "an argument of their declaration; NAME:TYPE=VALUE for a type of your own choice",
                TypedField.Parse, (queues, value) => queues.Arguments = TypedField.Table(value))
            .Flag("--durable", "declare them durable", queues => queues.IsDurable = true)
            .Value("--hold", "TIME", "how long to hold them (default 2s)", Durations.Parse, (queues, value) => queues.Hold = value)
            .Keep();
    }

    protected override Report Run(QueuesOptions options, RunContext context)
    {
        using var link = AmqpLink.Open(options.Addresses[0], options.Timeout);
        string Name(int number) => NamePattern.Name(options.Pattern, number);
        var usage = new UsageSpan(options.Pid);
        var start = Clock.Now;
        var declared = Pipeline(options.Count, context, link, AmqpMethod.QueueDeclareOk,
            i => AmqpLink.WriteDeclareQueue(link.Outbox, Name(i + 1), options.IsDurable, options.Arguments));
        var declareSeconds = Clock.Seconds(Clock.Now - start);
        context.Progress.Say($"{Units.Count(declared)} queues declared after {declareSeconds:0.0} s");
        context.Interrupt.WaitHandle.WaitOne(options.Hold);
        usage.End();
        var report = new Report(this.Name, $"{options.Count} {(options.IsDurable ? "durable" : "transient")} queues")
        {
            IsInterrupted = context.Interrupt.IsCancellationRequested,
        };
        report.Add("declare_seconds", declareSeconds);
        report.Add("declare_rate", declared / declareSeconds);
        report.Add("queues", declared);
        usage.AddTo(report, 0);
        if (usage.BrokerGrowthBytes is { } bytes) report.Add("broker_kb_per_queue", bytes / 1e3 / declared);
        if (!report.IsInterrupted) report.Expect("declared = asked for", declared, options.Count);
        if (!options.Keep)
        {
            var deleting = Clock.Now;
            // Even if the user has had enough: what was declared must go.
            var never = context with { Interrupt = CancellationToken.None };
            var deleted = Pipeline(declared, never, link, AmqpMethod.QueueDeleteOk,
                i => AmqpLink.WriteDeleteQueue(link.Outbox, Name(i + 1)));
            report.Add("delete_rate", deleted / Clock.Seconds(Clock.Now - deleting));
        }

        link.Close();
        return report;
    }

    private static int Pipeline(int count, RunContext context, AmqpLink link, AmqpMethod answer, Action<int> write)
    {
        var (sent, answered) = (0, 0);
        while (answered < count)
        {
            if (context.Interrupt.IsCancellationRequested) count = sent;
            while (sent < count && sent - answered < PipelineMax) write(sent++);
            if (answered == sent) break;
            link.Request(answer);
            answered++;
        }

        return answered;
    }
}
