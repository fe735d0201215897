namespace HareMQ.Broker.Alarms;

/// <summary>When the broker is short of something, and how often it looks.</summary>
internal sealed record ResourceOptions
{
    /// <summary>Memory in use above this sets the alarm; 0 sets it at once and for good.</summary>
    public ResourceLimit MemoryWatermark { get; init; } = ResourceLimit.OfMemory(0.6);

    /// <summary>Free disk space below this sets the alarm.</summary>
    public ResourceLimit DiskFreeLimit { get; init; } = ResourceLimit.Of(50_000_000);

    public TimeSpan MemoryInterval { get; init; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>What shares are taken of; null = what the readings say.</summary>
    public long? MemoryTotalBytes { get; init; }
}
