namespace HareMQ.Simulation.Machine;

/// <summary>Time that passes when the run says so. The wall clock may be set; intervals never jump.</summary>
internal sealed class SimulatedTime(EventLoop loop, long startMs, long wallOffsetMs) : TimeProvider
{
    private static readonly DateTimeOffset s_epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<SimulatedTimer> _timers = [];
    private long _lastTimer;

    /// <summary>Since the run began.</summary>
    public long NowMs { get; private set; } = startMs;

    /// <summary>By how much the wall clock has been set forward.</summary>
    public long WallOffsetMs { get; set; } = wallOffsetMs;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => NowMs;

    public override DateTimeOffset GetUtcNow() => s_epoch.AddMilliseconds(NowMs + WallOffsetMs);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state, ++_lastTimer);
        _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass; what becomes due is ready then, in whatever order.</summary>
    public void Advance(long milliseconds)
    {
        var until = NowMs + milliseconds;
        while (NextDueMs() is { } next && next <= until)
        {
            NowMs = Math.Max(NowMs, next);
            foreach (var timer in _timers.Where(timer => timer.DueAtMs <= NowMs).ToArray())
                if (_timers.Contains(timer)) timer.Ring(loop);
        }

        NowMs = until;
    }

    /// <summary>When the next timer is due; null when there is none.</summary>
    public long? NextDueMs() => _timers.Where(timer => timer.DueAtMs is not null).Min(timer => timer.DueAtMs);

    private sealed class SimulatedTimer(SimulatedTime time, TimerCallback callback, object? state, long number) : ITimer
    {
        private long? _periodMs;

        public long? DueAtMs { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueAtMs = dueTime == Timeout.InfiniteTimeSpan ? null : time.NowMs + (long)Math.Ceiling(dueTime.TotalMilliseconds);
            _periodMs = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? null : Math.Max(1, (long)period.TotalMilliseconds);
            return true;
        }

        public void Ring(EventLoop loop)
        {
            DueAtMs = _periodMs is { } period ? time.NowMs + period : null;
            loop.Add($"timer {number}", () => callback(state));
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
