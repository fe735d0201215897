namespace HareMQ.Perf;

/// <summary>What the threads of a session tell each other. Written by few, read by all.</summary>
internal sealed class RunState
{
    private volatile bool _stopPublishing;
    private volatile bool _stopConsuming;
    private volatile bool _giveUp;
    private volatile Exception? _failure;
    private long _measureFrom = long.MaxValue;
    private long _measureTo = long.MaxValue;

    /// <summary>No new messages; what was sent is still waited for.</summary>
    public bool StopPublishing { get => _stopPublishing; set => _stopPublishing = value; }

    /// <summary>Everything has arrived: acknowledge and end.</summary>
    public bool StopConsuming { get => _stopConsuming; set => _stopConsuming = value; }

    /// <summary>End at once, whatever is missing.</summary>
    public bool GiveUp { get => _giveUp; set => _giveUp = value; }

    /// <summary>The first thing that went wrong in a thread.</summary>
    public Exception? Failure => _failure;

    /// <summary>When the rate plan starts.</summary>
    public long PublishFrom { get; set; }

    public void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        GiveUp = true;
    }

    public void StartMeasuring(long now) => Volatile.Write(ref _measureFrom, now);

    public void StopMeasuring(long now) => Volatile.Write(ref _measureTo, now);

    public MeasuredSpan Measured(long now) => new(now, Volatile.Read(ref _measureFrom), Volatile.Read(ref _measureTo));
}
