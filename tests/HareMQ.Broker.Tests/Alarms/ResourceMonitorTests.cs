using HareMQ.Broker.Alarms;
using HareMQ.Broker.Tests.Queues;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Alarms;

public sealed class ResourceMonitorTests : IDisposable
{
    private const long MemoryIntervalMs = 2500;

    private readonly LifeTime _time = new();
    private readonly InjectedReadings _readings = new();
    private readonly ResourceAlarms _alarms = new();
    private readonly List<ResourceAlarm> _changes = [];
    private ResourceMonitor? _monitor;

    public ResourceMonitorTests() => _alarms.Changed += () => _changes.Add(_alarms.Current);

    private ResourceMonitor Monitor => _monitor!;

    public void Dispose() => _monitor?.Dispose();

    [Fact]
    public void Memory_above_the_watermark_sets_the_alarm_and_at_the_watermark_clears_it()
    {
        Start();
        _readings.MemoryUsedBytes = 601;
        _time.Advance(MemoryIntervalMs);
        Assert.Equal(ResourceAlarm.Memory, _alarms.Current);
        _readings.MemoryUsedBytes = 600;
        _time.Advance(MemoryIntervalMs);
        Assert.Equal(ResourceAlarm.None, _alarms.Current);
        Assert.Equal([ResourceAlarm.Memory, ResourceAlarm.None], _changes);
    }

    [Fact]
    public void Memory_is_looked_at_once_per_interval()
    {
        Start();
        _readings.MemoryUsedBytes = 601;
        _time.Advance(MemoryIntervalMs - 1);
        Assert.Equal((ResourceAlarm.None, 100L), (_alarms.Current, Monitor.MemoryUsedBytes));
        _time.Advance(1);
        Assert.Equal((ResourceAlarm.Memory, 601L), (_alarms.Current, Monitor.MemoryUsedBytes));
    }

    [Fact]
    public void Garbage_sets_no_alarm()
    {
        Start();
        _readings.MemoryUsedBytes = 900;
        _readings.GarbageBytes = 500;
        _time.Advance(MemoryIntervalMs);
        Assert.Equal((ResourceAlarm.None, 400L, 1), (_alarms.Current, Monitor.MemoryUsedBytes, _readings.Reclaims));
        Assert.Empty(_changes);
    }

    [Fact]
    public void An_alarm_ends_when_what_set_it_has_become_garbage_and_nobody_publishes()
    {
        Start();
        _readings.MemoryUsedBytes = 900;
        _time.Advance(MemoryIntervalMs);
        Assert.Equal((ResourceAlarm.Memory, 1), (_alarms.Current, _readings.Reclaims));
        _readings.GarbageBytes = 500;
        for (var i = 0; i < 11; i++) _time.Advance(MemoryIntervalMs);
        Assert.Equal((ResourceAlarm.Memory, 1), (_alarms.Current, _readings.Reclaims));
        _time.Advance(MemoryIntervalMs);
        Assert.Equal((ResourceAlarm.None, 2), (_alarms.Current, _readings.Reclaims));
    }

    [Fact]
    public void A_watermark_of_nothing_is_no_reason_to_collect_garbage()
    {
        Start();
        Monitor.SetMemoryWatermark(ResourceLimit.Of(0));
        for (var i = 0; i < 20; i++) _time.Advance(MemoryIntervalMs);
        Assert.Equal((ResourceAlarm.Memory, 0), (_alarms.Current, _readings.Reclaims));
    }

    [Fact]
    public void What_is_short_from_the_beginning_is_known_before_anybody_can_publish()
    {
        _readings.MemoryUsedBytes = 601;
        _readings.DiskFreeBytes = 49_999_999;
        Start();
        Assert.Equal(ResourceAlarm.Memory | ResourceAlarm.Disk, _alarms.Current);
        Assert.Equal("low on memory & disk", ResourceAlarms.Reason(_alarms.Current));
    }

    [Fact]
    public void A_watermark_of_nothing_sets_the_alarm_at_once_and_a_higher_one_clears_it_at_once()
    {
        Start();
        Monitor.SetMemoryWatermark(ResourceLimit.OfMemory(0));
        Assert.Equal(ResourceAlarm.Memory, _alarms.Current);
        Assert.Equal(0, Monitor.MemoryLimitBytes);
        Monitor.SetMemoryWatermark(ResourceLimit.Of(100));
        Assert.Equal(ResourceAlarm.None, _alarms.Current);
    }

    [Fact]
    public void A_disk_with_less_than_the_limit_sets_the_alarm_until_there_is_as_much_again()
    {
        Start();
        Monitor.SetDiskFreeLimit(ResourceLimit.Of(2_000_000_000_000));
        Assert.Equal(ResourceAlarm.Disk, _alarms.Current);
        _readings.DiskFreeBytes = 2_000_000_000_000;
        _time.Advance(10_000);
        Assert.Equal(ResourceAlarm.None, _alarms.Current);
    }

    [Fact]
    public void A_limit_relative_to_memory_follows_the_memory_that_is_configured()
    {
        Start(new ResourceOptions { MemoryTotalBytes = 5000, DiskFreeLimit = ResourceLimit.OfMemory(2) });
        Assert.Equal((5000L, 3000L, 10_000L), (Monitor.MemoryTotalBytes, Monitor.MemoryLimitBytes, Monitor.DiskFreeLimitBytes));
    }

    [Theory]
    [InlineData(1_000_000_000_000, 10)]
    [InlineData(550_000_000, 100)]
    [InlineData(50_000_000, 1000)]
    public void The_disk_is_looked_at_the_more_often_the_nearer_its_limit_is(long freeBytes, int looksIn100Seconds)
    {
        _readings.DiskFreeBytes = freeBytes;
        Start();
        var before = _readings.DiskLooks;
        _time.Advance(100_000);
        Assert.Equal(looksIn100Seconds, _readings.DiskLooks - before);
    }

    [Fact]
    public void A_disk_that_cannot_be_read_keeps_its_alarm_and_is_tried_again()
    {
        _readings.DiskFreeBytes = 0;
        Start();
        _readings.DiskFails = true;
        _time.Advance(20_000);
        Assert.Equal(ResourceAlarm.Disk, _alarms.Current);
        _readings.DiskFails = false;
        _readings.DiskFreeBytes = 1_000_000_000;
        _time.Advance(10_000);
        Assert.Equal(ResourceAlarm.None, _alarms.Current);
    }

    [Fact]
    public void Nothing_is_looked_at_after_the_end()
    {
        Start();
        Monitor.Dispose();
        Assert.Equal(0, _time.RunningTimers);
    }

    [Fact]
    public void The_system_tells_what_there_is()
    {
        var readings = new SystemReadings(Path.GetTempPath());
        Assert.InRange(readings.MemoryTotalBytes, 1, long.MaxValue);
        Assert.InRange(readings.MemoryUsedBytes, 1, readings.MemoryTotalBytes);
        Assert.InRange(readings.DiskFreeBytes, 0, new DriveInfo(Path.GetTempPath()).TotalSize);
    }

    private void Start(ResourceOptions? options = null)
    {
        _monitor = new ResourceMonitor(options ?? new ResourceOptions(), _readings, _alarms, _time, NullLogger.Instance);
        _monitor.Start();
    }
}
