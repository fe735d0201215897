namespace HareMQ.Broker.Scheduling;

/// <summary>
/// Wakes queues when something of theirs is due. One coarse wheel for the whole broker: no timer per message, none per queue, and none at
/// all while nobody waits. Thread-safe.
/// </summary>
internal sealed class ExpiryClock : IDisposable
{
    public const int TickMs = 50;

    /// <summary>A turn of the wheel is 25.6 s; what is due later is passed by until its turn has come.</summary>
    private const int SlotCount = 512;

    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(TickMs);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();

    // Guarded by the lock.
    private readonly ExpiryEntry?[] _slots = new ExpiryEntry?[SlotCount];
    private readonly List<ExpiryEntry> _due = [];
    private long _lastTick;
    private int _count;
    private bool _ticking;

    public ExpiryClock(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static clock => ((ExpiryClock)clock!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimeProvider Time => _time;

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Entries that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>Wakes the entry's owner at <paramref name="dueAtMs"/> or up to two ticks later; any former time is forgotten.</summary>
    public void Set(ExpiryEntry entry, long dueAtMs)
    {
        lock (_lock)
        {
            if (entry.IsSet) Remove(entry);
            if (_count == 0)
            {
                _lastTick = NowMs / TickMs;
                _timer.Change(s_period, s_period);
            }

            entry.DueAtMs = dueAtMs;
            // Rounded up: never too early. Behind the last tick, or nobody would come by for a whole turn of the wheel.
            Add(entry, Math.Max((dueAtMs + TickMs - 1) / TickMs, _lastTick + 1));
        }
    }

    /// <summary>Forgets the entry; one that is not set is no error.</summary>
    public void Cancel(ExpiryEntry entry)
    {
        lock (_lock)
        {
            if (entry.IsSet) Remove(entry);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        lock (_lock)
        {
            // A tick that took longer than the period; the next one makes up for this.
            if (_ticking) return;
            _ticking = true;
            TakeDue(NowMs / TickMs);
            if (_count == 0) _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        foreach (var entry in _due) entry.Owner.Wake();
        lock (_lock)
        {
            _due.Clear();
            _ticking = false;
        }
    }

    private void TakeDue(long nowTick)
    {
        // The wall clock was set back: what is due is due later, then.
        if (nowTick < _lastTick) _lastTick = nowTick;
        var steps = Math.Min(nowTick - _lastTick, SlotCount);
        for (var tick = nowTick - steps + 1; tick <= nowTick; tick++)
        {
            for (var entry = _slots[tick % SlotCount]; entry is not null;)
            {
                var next = entry.Next;
                if (entry.Tick <= nowTick)
                {
                    Remove(entry);
                    _due.Add(entry);
                }

                entry = next;
            }
        }

        _lastTick = nowTick;
    }

    private void Add(ExpiryEntry entry, long tick)
    {
        ref var first = ref _slots[tick % SlotCount];
        entry.Tick = tick;
        entry.Next = first;
        if (first is not null) first.Previous = entry;
        first = entry;
        _count++;
    }

    private void Remove(ExpiryEntry entry)
    {
        if (entry.Previous is not null) entry.Previous.Next = entry.Next;
        else _slots[entry.Tick % SlotCount] = entry.Next;
        if (entry.Next is not null) entry.Next.Previous = entry.Previous;
        entry.Next = null;
        entry.Previous = null;
        entry.DueAtMs = ExpiryEntry.Never;
        _count--;
    }
}

/// <summary>Whoever the clock wakes. Called on any thread, must be short.</summary>
internal interface IExpiryOwner
{
    void Wake();
}

/// <summary>A place in an <see cref="ExpiryClock"/>; one per owner, set again and again.</summary>
internal sealed class ExpiryEntry(IExpiryOwner owner)
{
    public const long Never = long.MaxValue;

    private long _dueAtMs = Never;

    public IExpiryOwner Owner { get; } = owner;

    /// <summary>Milliseconds since the Unix epoch; <see cref="Never"/> while it is not set. Written under the clock's lock.</summary>
    public long DueAtMs
    {
        get => Volatile.Read(ref _dueAtMs);
        internal set => Volatile.Write(ref _dueAtMs, value);
    }

    // Guarded by the clock's lock.
    internal long Tick;
    internal ExpiryEntry? Next;
    internal ExpiryEntry? Previous;

    internal bool IsSet => DueAtMs != Never;
}
