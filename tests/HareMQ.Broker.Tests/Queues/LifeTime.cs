namespace HareMQ.Broker.Tests.Queues;

/// <summary>Time that stands still until the test moves it. Its timers run on the test's thread.</summary>
internal sealed class LifeTime : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);

    public int RunningTimers => _timers.Count(timer => timer.DueAt is not null);

    public long NowMs => _now.ToUnixTimeMilliseconds();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    /// <summary>When the next timer fires, milliseconds since the Unix epoch; null = none is running.</summary>
    public long? NextDueAtMs => _timers.Min(timer => timer.DueAt)?.ToUnixTimeMilliseconds();

    /// <summary>Moves on, firing what becomes due in between.</summary>
    public void Advance(long milliseconds)
    {
        var end = _now.AddMilliseconds(milliseconds);
        while (_timers.Where(timer => timer.DueAt <= end).MinBy(timer => timer.DueAt) is { } next)
        {
            _now = next.DueAt!.Value;
            next.Fire();
        }

        _now = end;
    }

    /// <summary>Sets the clock without firing anything on the way.</summary>
    public void Jump(long milliseconds) => _now = _now.AddMilliseconds(milliseconds);

    private sealed class Timer(LifeTime time, Action callback) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset? DueAt { get; private set; }

        public void Fire()
        {
            DueAt = _period == Timeout.InfiniteTimeSpan ? null : DueAt!.Value + _period;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            return true;
        }

        public void Dispose() => DueAt = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
