namespace HareMQ.Perf;

/// <summary>Publishes and remembers every confirm; consumes and compares. Either half can be left to another run.</summary>
internal sealed class VerifyRun(VerifyOptions options, RunContext context)
{
    // What comes after the last expected message would be a duplicate: so long it is waited for.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1);

    private readonly Topology _topology = Topology.From(options);

    public Report Execute()
    {
        var report = new Report("verify", LoadSetting.Describe(options));
        if (options.Phase == VerifyPhase.Drain)
        {
            using var record = ConfirmRecord.Read(options.File!);
            Drain(record, report);
        }
        else
        {
            using var record = CreateRecord();
            Publish(record, report);
            if (options.Phase == VerifyPhase.Both) Drain(record, report);
        }

        report.IsInterrupted = context.Interrupt.IsCancellationRequested;
        return report;
    }

    private ConfirmRecord CreateRecord()
    {
        try
        {
            return new ConfirmRecord(options.File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PerfException.Usage($"--file {options.File}: {e.Message}");
        }
    }

    private void Publish(ConfirmRecord record, Report report)
    {
        var publishing = options with { Consumers = 0 };
        using var control = AmqpLink.Open(options.Addresses[0], options.Timeout);
        if (_topology.Declare(control, options) is > 0 and var before)
        {
            if (!options.Purge) throw PerfException.Usage($"the queue holds {before} messages already; --purge empties it first");
            _topology.Purge(control);
        }

        using var session = new LoadSession(publishing, _topology);
        var watch = new RunWatch(session, context);
        session.OpenPublishers(RateSteps.Plan(options.Rate, options.Duration, TimeSpan.Zero), record.LedgerOf);
        var start = Clock.Now;
        session.State.StartMeasuring(start);
        session.StartPublishers();
        try
        {
            if (options.Count is null) watch.Until(start + Clock.Nanoseconds(options.Duration), () => session.ArePublishersDone);
            else watch.UntilPublished(options);
            session.State.StopPublishing = true;
            var isComplete = watch.While(() => session.Settled, options.Timeout, () => session.ArePublishersDone);
            session.State.GiveUp = true;
            session.Join();
            if (isComplete) session.Close();
        }
        catch (PerfException e) when (e.Code == ExitCode.ConnectionLost)
        {
            session.Join();
            throw new PerfException(e.Code, $"{e.Message}; until then {session.Settled} messages were confirmed{Recorded}");
        }

        report.Add("publish_seconds", Clock.Seconds(Clock.Now - start));
        report.Add("published", session.Published);
        report.Add("confirmed", record.Count);
        report.AddLatency("confirm_latency", session.ConfirmLatency);
        if (!watch.IsInterrupted && options.Count is { } count) report.Expect("published = asked for", session.Published, count);
        report.Expect("confirmed = published", record.Count, session.Published);
    }

    private string Recorded => options.File is null ? "" : $" and recorded in {options.File}";

    private void Drain(ConfirmRecord record, Report report)
    {
        using var control = AmqpLink.Open(options.Addresses[0], options.Timeout);
        var queued = _topology.CountMessages(control);
        var ledger = new DeliveryLedger();
        using var session = new LoadSession(options with { Publishers = 0, Consumers = 1 }, _topology);
        var watch = new RunWatch(session, context);
        session.StartConsumers(ledger);
        watch.While(() => session.Consumed, options.Timeout, () => session.Consumed >= queued);
        watch.While(() => session.Consumed, s_quiet, () => false);
        session.State.StopConsuming = true;
        watch.While(() => 0, options.Timeout, () => session.AreConsumersDone);
        session.State.GiveUp = true;
        session.Join();
        session.AwaitAcks();
        session.Close();
        var lost = ledger.CountLost(record.Confirmed);
        report.Add("delivered", session.Consumed);
        report.Add("delivered_though_unconfirmed", ledger.Distinct + lost - record.Count);
        report.Add("redelivered", ledger.Redelivered);
        report.Expect("lost = nothing", lost, 0);
        report.Expect("duplicates = nothing", ledger.Duplicates, 0);
        report.Expect("reordered = nothing", ledger.Reordered, 0);
        report.Expect("corrupt = nothing", ledger.Corrupt, 0);
        report.Expect("foreign = nothing", ledger.Foreign, 0);
        report.Expect("left in the queue = nothing", _topology.CountMessages(control), 0);
        if (!options.Keep) _topology.Delete(control);
        control.Close();
    }
}
