namespace HareMQ.Perf;

internal sealed class VerifyScenario : Scenario<VerifyOptions>
{
    public override string Name => "verify";

    public override string Summary => "is everything that was confirmed delivered, once, in order, and intact?";

    public override string Description =>
        """
        Persistent messages are published to a durable queue, and every confirm is remembered; then the queue is drained and compared:
        what is lost, duplicated (without the redelivered flag), out of order or changed is counted, and nothing of that may be.
        In two runs, with --phase publish and --phase drain and the same --file, the broker can be killed and started again in between.
        """;

    public override IReadOnlyList<string> Examples =>
    [
        "verify --publishers 4 --duration 30s",
        "verify --phase publish --file confirmed.ids --duration 60s     (and kill the broker meanwhile)",
        "verify --phase drain --file confirmed.ids",
    ];

    protected override VerifyOptions CreateDefaults() =>
        new() { QueuePattern = "hareperf-verify", Persistent = true, Confirms = 1000, Duration = TimeSpan.FromSeconds(5) };

    protected override OptionSet<VerifyOptions> Define(OptionSet<VerifyOptions> options)
    {
        options.Title = "Load";
        options
            .Value("--phase", "PHASE", "publish, drain, or both (the default)", ParsePhase, (verify, value) => verify.Phase = value)
            .Value("--file", "FILE", "where confirms are recorded", text => text, (verify, value) => verify.File = value)
            .Size()
            .Number("--publishers", "N", "connections that publish (default 1)", 1, 32768, (verify, value) => verify.Publishers = value)
            .Number("--confirms", "WINDOW", "messages that may be unconfirmed (default 1000)", 1, 1 << 24,
                (verify, value) => verify.Confirms = value)
            .Value("--rate", "R", "messages a second in all, or steps; 0 for no limit (default 0)",
                RateSteps.Parse, (verify, value) => verify.Rate = value)
            .Value("--duration", "TIME", "how long to publish (default 5s)", Durations.Parse, (verify, value) => verify.Duration = value)
            .Count("messages to publish, instead of a duration");
        options.Title = "Queue";
        return options
            .Value("--queue", "NAME", $"its name (default {options.Defaults.QueuePattern})", text => text,
                (verify, value) => verify.QueuePattern = value)
            .Values("--queue-argument", "NAME=VALUE", "an argument of its declaration; NAME:TYPE=VALUE for a type of your own choice",
                TypedField.Parse, (verify, value) => verify.QueueArguments = TypedField.Table(value))
            .Flag("--purge", "empty it first", verify => verify.Purge = true)
            .Keep();
    }

    protected override Report Run(VerifyOptions options, RunContext context)
    {
        options.Validate();
        if (options.Size.Min < MessageStamp.Bytes)
            throw PerfException.Usage($"--size {options.Size}: at least {MessageStamp.Bytes} bytes, for the id");
        if (options.Phase != VerifyPhase.Both && options.File is null)
            throw PerfException.Usage("--phase needs --file, which the other phase reads");
        return new VerifyRun(options, context).Execute();
    }

    private static VerifyPhase ParsePhase(string text) => text switch
    {
        "publish" => VerifyPhase.Publish,
        "drain" => VerifyPhase.Drain,
        "both" => VerifyPhase.Both,
        _ => throw new FormatException($"'{text}' is none of publish, drain and both"),
    };
}
