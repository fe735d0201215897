namespace HareMQ.Perf;

/// <summary>One load from declaring to deleting: warm-up, measured part, drain, and the reckoning of every message.</summary>
internal sealed class LoadRun
{
    // For queues whose contents cannot be foretold: nothing has come for so long, so nothing will.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1);

    // A count that is read while the broker still works on what it has read from the socket.
    private static readonly TimeSpan s_settleTime = TimeSpan.FromSeconds(5);

    private readonly string _scenario;
    private readonly LoadOptions _options;
    private readonly Topology _topology;
    private readonly RunContext _context;
    private readonly LoadSession _session;
    private readonly RunWatch _watch;
    private readonly List<StepFigure> _steps = [];
    private UsageSpan _usage = null!;
    private bool _isComplete;
    private LoadCounts _from;
    private LoadCounts _to;

    private LoadRun(string scenario, LoadOptions options, Topology topology, RunContext context)
    {
        _scenario = scenario;
        _options = options;
        _topology = topology;
        _context = context;
        _session = new LoadSession(options, topology);
        _watch = new RunWatch(_session, context);
    }

    private bool Publishes => _options.Publishers > 0;

    private bool Consumes => _options.Consumers > 0;

    private bool IsForetold => _session.KnowsCopies && !_options.QueuesMayDrop && !_options.Shared;

    public static Report Execute(string scenario, LoadOptions options, Topology topology, RunContext context)
    {
        using var control = AmqpLink.Open(options.Addresses[0], options.Timeout);
        var run = new LoadRun(scenario, options, topology, context);
        using (run._session) return run.Execute(control);
    }

    private Report Execute(AmqpLink control)
    {
        var before = Prepare(control);
        if (Consumes && Publishes)
        {
            _session.StartConsumers();
            if (!_watch.While(() => 0, _options.Timeout, () => _session.AreConsumersReady))
                throw PerfException.Lost($"no basic.consume-ok within {_options.Timeout.TotalSeconds} s");
        }

        if (Publishes) Publish();
        else Consume(before);
        var left = Settle(control, before);
        var report = CreateReport(before, left);
        // Otherwise half a frame may have been sent, and the next would be taken for its rest.
        if (_isComplete) _session.Close();
        if (!_options.Keep) _topology.Delete(control);
        control.Close();
        return report;
    }

    private long Prepare(AmqpLink control)
    {
        var before = _topology.Declare(control, _options);
        if (before > 0 && _options.Purge)
        {
            _topology.Purge(control);
            before = 0;
        }

        if (before > 0 && Publishes && Consumes && !_options.Shared)
            throw PerfException.Usage($"the queues hold {before} messages already; --purge empties them first");
        if (before == 0 && !Publishes) throw PerfException.Usage("the queues are empty, and with --publishers 0 they stay so");
        return before;
    }

    private void Publish()
    {
        var warmUp = Consumes && _options.Count is null ? _options.WarmUp : TimeSpan.Zero;
        var plan = RateSteps.Plan(_options.Rate, _options.Duration, warmUp);
        _session.OpenPublishers(plan);
        var from = Clock.Now + Clock.Nanoseconds(warmUp);
        _session.State.StartMeasuring(from);
        if (warmUp == TimeSpan.Zero) StartMeasuring();
        _session.StartPublishers();
        if (warmUp > TimeSpan.Zero)
        {
            _watch.Until(from);
            StartMeasuring();
        }

        Measure(from);
        _session.State.StopMeasuring(Clock.Now);
        if (_options.Count is null && Consumes) StopMeasuring();
        _session.State.StopPublishing = true;
    }

    private void Measure(long from)
    {
        if (_options.Count is not null)
        {
            _watch.UntilPublished(_options);
            return;
        }

        if (_options.Rate.Count < 2)
        {
            // A single step may have a time of its own.
            var only = RateSteps.Timed(_options.Rate, _options.Duration).Select(step => step.Duration).FirstOrDefault();
            _watch.Until(from + Clock.Nanoseconds(only ?? _options.Duration), () => _session.ArePublishersDone);
            return;
        }

        foreach (var step in RateSteps.Timed(_options.Rate, _options.Duration))
        {
            from += Clock.Nanoseconds(step.Duration!.Value);
            var (start, latency) = (LoadCounts.Of(_session), _session.Latency);
            _watch.Until(from, () => _session.ArePublishersDone);
            var rates = LoadCounts.Of(_session).Since(start);
            _steps.Add(new StepFigure(step.PerSecond, rates.PublishRate, rates.ConsumeRate, _session.Latency.Since(latency)));
        }
    }

    private void Consume(long expected)
    {
        StartMeasuring();
        _session.StartConsumers();
        _watch.While(() => _session.Consumed, _options.Timeout, () => _session.Consumed >= expected || _watch.IsInterrupted);
    }

    private void StartMeasuring()
    {
        _usage = new UsageSpan(_options.Pid);
        _from = LoadCounts.Of(_session);
    }

    private void StopMeasuring()
    {
        _to = LoadCounts.Of(_session);
        _usage.End();
    }

    /// <summary>Waits for everything that is still owed; returns how many messages the queues hold in the end.</summary>
    private long Settle(AmqpLink control, long before)
    {
        var expected = IsForetold && Consumes && Publishes;
        _isComplete = _watch.While(
            () => _session.Published + _session.Settled + _session.Consumed,
            _options.Timeout,
            () => _session.ArePublishersDone && (!expected || _session.Consumed >= _session.Expected));
        // Beside others it would not get quiet.
        if (Consumes && Publishes && !expected && !_options.Shared) _watch.While(() => _session.Consumed, s_quiet, () => false);
        _session.State.StopConsuming = true;
        if (_isComplete) _isComplete = _watch.While(() => 0, _options.Timeout, () => _session.AreConsumersDone);
        if (!_isComplete) _session.State.GiveUp = true;
        _session.Join();
        if (Consumes && _isComplete) _session.AwaitAcks();
        var left = CountSettled(control, before, out var settledAt);
        if (Consumes && _options.Count is null && Publishes) return left;
        // All of the work is charged: until the last delivery, or until the broker has handled and counted the last publish.
        StopMeasuring();
        var endedAt = Consumes ? _session.ConsumedAt : Math.Max(_session.PublishedAt, settledAt);
        // A run that was given up has no such end.
        if (_isComplete && endedAt > _from.At) _to = _to with { At = endedAt };
        return left;
    }

    private long CountSettled(AmqpLink control, long before, out long settledAt)
    {
        settledAt = 0;
        var left = _topology.CountMessages(control);
        if (Consumes || !IsForetold) return left;
        var giveUpAt = Clock.Now + Clock.Nanoseconds(s_settleTime);
        while (left - before < _session.Expected && Clock.Now < giveUpAt)
        {
            Thread.Yield();
            left = _topology.CountMessages(control);
            settledAt = Clock.Now;
        }

        return left;
    }

    private Report CreateReport(long before, long left)
    {
        var report = new Report(_scenario, LoadSetting.Describe(_options)) { IsInterrupted = _watch.IsInterrupted };
        var rates = _to.Since(_from);
        report.Add("seconds", rates.Seconds);
        if (Publishes) report.Add("publish_rate", rates.PublishRate);
        if (Publishes) report.Add("publish_mb_s", rates.PublishRate * _session.PublishedBytes / Math.Max(1, _session.Published) / 1e6);
        if (Consumes) report.Add("consume_rate", rates.ConsumeRate);
        if (Publishes) report.Add("published", _session.Published);
        if (_options.Confirms > 0 && Publishes) report.Add("confirmed", _session.Settled - _session.Nacked);
        if (_session.Nacked > 0) report.Add("nacked", _session.Nacked);
        if (_options.Mandatory && Publishes) report.Add("returned", _session.Returned);
        if (Consumes) report.Add("consumed", _session.Consumed);
        _usage.AddTo(report, Math.Max(rates.Published, rates.Consumed));
        report.Steps.AddRange(_steps);
        report.AddLatency("confirm_latency", _session.ConfirmLatency);
        if (Publishes) report.AddLatency("latency", _session.Latency);
        AddChecks(report, before, left);
        return report;
    }

    private string WhyNotForetold =>
        _options.Shared ? "others use the queues"
        : _options.QueuesMayDrop ? "the queues' arguments let them drop messages"
        : "what the exchange does with a message is not known";

    private void AddChecks(Report report, long before, long left)
    {
        var nacksAreNormal = _options.QueuesMayDrop;
        if (Publishes && !report.IsInterrupted && _options.Count is { } count)
            report.Expect("published = asked for", _session.Published, count);
        if (_options.Confirms > 0 && Publishes) report.Expect("confirmed = published", _session.Settled, _session.Published);
        if (_options.Confirms > 0 && Publishes && !nacksAreNormal) report.Expect("nacked = nothing", _session.Nacked, 0);
        if (_options.Mandatory && Publishes && _session.KnowsCopies)
            report.Expect("returned = unroutable", _session.Returned, _session.Unroutable);
        if (!IsForetold)
        {
            report.Notes.Add($"{WhyNotForetold}, so deliveries are not checked");
            return;
        }

        if (Consumes)
        {
            report.Expect("consumed = expected", _session.Consumed, Publishes ? _session.Expected : before);
            if (Publishes) report.Expect("bytes consumed = bytes expected", _session.ConsumedBytes, _session.ExpectedBytes);
            report.Expect("left in queues = nothing", left, 0);
        }
        else
        {
            report.Expect("queued = published and routed", left - before, _session.Expected);
        }
    }
}
