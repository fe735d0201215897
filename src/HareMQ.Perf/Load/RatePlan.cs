namespace HareMQ.Perf;

/// <summary>
/// When each message of a run is due. A pure function of the time since the start, so that a publisher that was held up sends what is
/// overdue at once, and every latency counts from when a message should have been sent, not from when it could be.
/// </summary>
/// <remarks>Due times fall on ticks: publishers would otherwise wake for every single message of a fast plan.</remarks>
internal sealed class RatePlan
{
    public const long TickNanoseconds = 200_000;

    private readonly double[] _perTick;
    private readonly long[] _startTicks;
    private readonly double[] _dueBefore;

    /// <param name="steps">Their durations are known. The last one's rate goes on after its end.</param>
    public RatePlan(IReadOnlyList<RateStep> steps)
    {
        Steps = steps;
        _perTick = new double[steps.Count];
        _startTicks = new long[steps.Count + 1];
        _dueBefore = new double[steps.Count + 1];
        for (var i = 0; i < steps.Count; i++)
        {
            _perTick[i] = steps[i].PerSecond * TickNanoseconds / Clock.NanosecondsPerSecond;
            var ticks = Clock.Nanoseconds(steps[i].Duration!.Value) / TickNanoseconds;
            _startTicks[i + 1] = _startTicks[i] + ticks;
            _dueBefore[i + 1] = _dueBefore[i] + (_perTick[i] * ticks);
        }
    }

    public IReadOnlyList<RateStep> Steps { get; }

    public long DurationNanoseconds => _startTicks[^1] * TickNanoseconds;

    /// <summary>How many messages are due once so much time has passed.</summary>
    public long DueAfter(long elapsedNanoseconds) => elapsedNanoseconds < 0 ? 0 : DueAtTick(elapsedNanoseconds / TickNanoseconds);

    /// <summary>Nanoseconds after the start at which the message with this index (from 0) is due; never, if its rate is 0.</summary>
    public long DueTime(long index)
    {
        var step = 0;
        while (step < Steps.Count - 1 && Math.Floor(_dueBefore[step + 1]) < index + 1) step++;
        if (_perTick[step] <= 0) return long.MaxValue;
        var tick = _startTicks[step] + (long)Math.Ceiling((index + 1 - _dueBefore[step]) / _perTick[step]);
        // The division may round to either side of a whole tick.
        while (DueAtTick(tick) < index + 1) tick++;
        while (tick > _startTicks[step] && DueAtTick(tick - 1) >= index + 1) tick--;
        return tick * TickNanoseconds;
    }

    private long DueAtTick(long tick)
    {
        var step = 0;
        while (step < Steps.Count - 1 && tick >= _startTicks[step + 1]) step++;
        return (long)Math.Floor(_dueBefore[step] + (_perTick[step] * (tick - _startTicks[step])));
    }
}
