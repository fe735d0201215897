using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Alarms;

/// <summary>
/// Looks at memory and disk now and then and sets the alarms. One timer for both: memory has its interval, the disk is looked at the more
/// often the nearer its limit is. Thread-safe.
/// </summary>
internal sealed class ResourceMonitor : IDisposable
{
    /// <summary>RabbitMQ's bounds.</summary>
    private const long DiskIntervalMsMin = 100;

    private const long DiskIntervalMsMax = 10_000;

    /// <summary>How fast a disk may fill, at worst: 250 MB/s. The next look comes when half of that way could be gone.</summary>
    private const long FillingBytesPerMs = 250_000;

    /// <summary>Between two attempts to have unused memory back, which stop the world.</summary>
    private const long ReclaimIntervalMs = 30_000;

    private readonly IResourceReadings _readings;
    private readonly ResourceAlarms _alarms;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _memoryIntervalMs;
    private readonly long? _memoryTotalBytes;
    private readonly long _startedAt;

    /// <summary>Held while readings and alarms change.</summary>
    private readonly Lock _looking = new();

    private ResourceLimit _memoryWatermark;
    private ResourceLimit _diskFreeLimit;
    private long _memoryDueMs;
    private long _reclaimDueMs;
    private long _diskDueMs;
    private long _memoryUsedBytes;
    private long _diskFreeBytes = long.MaxValue;
    private bool _diskUnreadable;
    private ITimer? _timer;
    private bool _disposed;

    public ResourceMonitor(
        ResourceOptions options, IResourceReadings readings, ResourceAlarms alarms, TimeProvider time, ILogger logger)
    {
        _readings = readings;
        _alarms = alarms;
        _time = time;
        _logger = logger;
        _startedAt = time.GetTimestamp();
        _memoryWatermark = options.MemoryWatermark;
        _diskFreeLimit = options.DiskFreeLimit;
        _memoryIntervalMs = (long)options.MemoryInterval.TotalMilliseconds;
        _memoryTotalBytes = options.MemoryTotalBytes;
    }

    public long MemoryTotalBytes => _memoryTotalBytes ?? _readings.MemoryTotalBytes;

    public long MemoryLimitBytes
    {
        get
        {
            lock (_looking) return _memoryWatermark.In(MemoryTotalBytes);
        }
    }

    public long DiskFreeLimitBytes
    {
        get
        {
            lock (_looking) return _diskFreeLimit.In(MemoryTotalBytes);
        }
    }

    /// <summary>When it was last looked at.</summary>
    public long MemoryUsedBytes => Volatile.Read(ref _memoryUsedBytes);

    /// <summary>When it was last looked at; <see cref="long.MaxValue"/> before.</summary>
    public long DiskFreeBytes => Volatile.Read(ref _diskFreeBytes);

    /// <summary>Looks at once, so that no publisher comes before the first alarm, and from then on by the timer.</summary>
    public void Start()
    {
        lock (_looking)
        {
            AlarmLog.Watching(_logger, MemoryLimitBytes, MemoryTotalBytes, DiskFreeLimitBytes);
            LookAtMemory();
            LookAtDisk();
            _timer = _time.CreateTimer(
                static monitor => ((ResourceMonitor)monitor!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            SetTimer();
        }
    }

    /// <summary>Takes effect at once; forgotten when the broker stops.</summary>
    public void SetMemoryWatermark(ResourceLimit watermark)
    {
        lock (_looking)
        {
            _memoryWatermark = watermark;
            AlarmLog.WatermarkChanged(_logger, MemoryLimitBytes);
            LookAtMemory();
            SetTimer();
        }
    }

    /// <summary>Takes effect at once; forgotten when the broker stops.</summary>
    public void SetDiskFreeLimit(ResourceLimit limit)
    {
        lock (_looking)
        {
            _diskFreeLimit = limit;
            AlarmLog.DiskLimitChanged(_logger, DiskFreeLimitBytes);
            LookAtDisk();
            SetTimer();
        }
    }

    public void Dispose()
    {
        lock (_looking)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private void Tick()
    {
        lock (_looking)
        {
            if (_disposed) return;
            var now = NowMs();
            if (now >= _memoryDueMs) LookAtMemory();
            if (now >= _diskDueMs) LookAtDisk();
            SetTimer();
        }
    }

    private void LookAtMemory()
    {
        var used = _readings.MemoryUsedBytes;
        var limit = MemoryLimitBytes;
        if (used > limit && limit > 0 && NowMs() >= _reclaimDueMs)
        {
            // Much of it may be garbage: of large messages, say. While publishers are blocked nothing else would ever collect that.
            _readings.ReclaimMemory();
            _reclaimDueMs = NowMs() + ReclaimIntervalMs;
            used = _readings.MemoryUsedBytes;
        }

        Volatile.Write(ref _memoryUsedBytes, used);
        _memoryDueMs = NowMs() + _memoryIntervalMs;
        var isShort = used > limit;
        if (!_alarms.Set(ResourceAlarm.Memory, isShort)) return;
        if (isShort) AlarmLog.MemorySet(_logger, used, limit);
        else AlarmLog.MemoryCleared(_logger, used, limit);
    }

    private void LookAtDisk()
    {
        long free;
        try
        {
            free = _readings.DiskFreeBytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // An alarm that is set stays set: nothing says that there is room again.
            _diskDueMs = NowMs() + DiskIntervalMsMax;
            if (!_diskUnreadable) AlarmLog.DiskUnreadable(_logger, error);
            _diskUnreadable = true;
            return;
        }

        var limit = DiskFreeLimitBytes;
        _diskUnreadable = false;
        Volatile.Write(ref _diskFreeBytes, free);
        var isShort = free < limit;
        // While the alarm is set nothing fills the disk, so nothing is urgent.
        _diskDueMs = NowMs() + (isShort
            ? DiskIntervalMsMax
            : Math.Clamp((free - limit) / FillingBytesPerMs / 2, DiskIntervalMsMin, DiskIntervalMsMax));
        if (!_alarms.Set(ResourceAlarm.Disk, isShort)) return;
        if (isShort) AlarmLog.DiskSet(_logger, free, limit);
        else AlarmLog.DiskCleared(_logger, free, limit);
    }

    private void SetTimer()
    {
        var dueMs = Math.Max(1, Math.Min(_memoryDueMs, _diskDueMs) - NowMs());
        _timer?.Change(TimeSpan.FromMilliseconds(dueMs), Timeout.InfiniteTimeSpan);
    }

    private long NowMs() => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;
}
