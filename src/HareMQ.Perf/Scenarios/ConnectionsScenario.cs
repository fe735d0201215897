namespace HareMQ.Perf;

internal sealed class ConnectionsScenario : Scenario<ConnectionsOptions>
{
    public override string Name => "connections";

    public override string Summary => "open many connections and hold them: rate, and memory for each";

    public override string Description =>
        """
        Connections are opened with their channels, held idle, looked at, and closed. With --pid the report says by how much the broker's
        memory grew for each. Both programs need a file for every connection: see ulimit -n.
        """;

    public override IReadOnlyList<string> Examples =>
        ["connections --count 10000 --hold 30s --pid 1234", "connections --count 100 --channels 100"];

    protected override ConnectionsOptions CreateDefaults() => new();

    protected override OptionSet<ConnectionsOptions> Define(OptionSet<ConnectionsOptions> options)
    {
        options.Title = "Load";
        return options
            .Number("--count", "N", "connections (default 1000)", 1, 1_000_000, (held, value) => held.Count = value)
            .Number("--channels", "N", "channels of each (default 1)", 1, 2047, (held, value) => held.Channels = value)
            .Number("--parallel", "N", "how many are opened at the same time (default 4)", 1, 1024, (held, value) => held.Parallel = value)
            .Value("--hold", "TIME", "how long to hold them (default 5s)", Durations.Parse, (held, value) => held.Hold = value);
    }

    protected override Report Run(ConnectionsOptions options, RunContext context)
    {
        var links = new AmqpLink?[options.Count];
        try
        {
            return Run(options, links, context);
        }
        finally
        {
            foreach (var link in links) link?.Dispose();
        }
    }

    private Report Run(ConnectionsOptions options, AmqpLink?[] links, RunContext context)
    {
        var usage = new UsageSpan(options.Pid);
        var start = Clock.Now;
        Workers.Run(options.Parallel, context, (worker, goOn) =>
        {
            for (var i = worker; i < links.Length && goOn(); i += options.Parallel)
            {
                links[i] = AmqpLink.Open(options.AddressOf(i), options.Timeout);
                for (var channel = 2; channel <= options.Channels; channel++) links[i]!.OpenChannel((ushort)channel);
            }
        });
        var seconds = Clock.Seconds(Clock.Now - start);
        var opened = links.Count(link => link is not null);
        context.Progress.Say($"{Units.Count(opened)} connections open after {seconds:0.0} s");
        context.Interrupt.WaitHandle.WaitOne(options.Hold);
        usage.End();
        var alive = links.Count(link => link?.IsAlive() == true);
        var closing = Clock.Now;
        foreach (var link in links)
            if (link?.IsAlive() == true) link.Close();
        var setting = $"{options.Count} connections with {options.Channels} channels each, held {Durations.Format(options.Hold)}";
        var report = new Report(Name, setting)
        {
            IsInterrupted = context.Interrupt.IsCancellationRequested,
        };
        report.Add("open_seconds", seconds);
        report.Add("open_rate", opened / seconds);
        report.Add("connections", opened);
        report.Add("close_seconds", Clock.Seconds(Clock.Now - closing));
        usage.AddTo(report, 0);
        if (usage.BrokerGrowthBytes is { } bytes) report.Add("broker_kb_per_connection", bytes / 1e3 / opened);
        report.Expect("alive = opened", alive, opened);
        if (!report.IsInterrupted) report.Expect("opened = asked for", opened, options.Count);
        return report;
    }
}
