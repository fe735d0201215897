using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Alarms;

/// <summary>What the watch over memory and disk logs: ids 304x.</summary>
internal static partial class AlarmLog
{
    [LoggerMessage(3040, LogLevel.Information,
        "Memory watermark {MemoryLimitBytes} of {MemoryBytes} bytes, disk free limit {DiskFreeLimitBytes} bytes")]
    public static partial void Watching(ILogger logger, long memoryLimitBytes, long memoryBytes, long diskFreeLimitBytes);

    [LoggerMessage(3041, LogLevel.Warning,
        "Memory alarm set, publishers are blocked: {UsedBytes} bytes in use, the watermark is {LimitBytes}")]
    public static partial void MemorySet(ILogger logger, long usedBytes, long limitBytes);

    [LoggerMessage(3042, LogLevel.Warning, "Memory alarm cleared: {UsedBytes} bytes in use, the watermark is {LimitBytes}")]
    public static partial void MemoryCleared(ILogger logger, long usedBytes, long limitBytes);

    [LoggerMessage(3043, LogLevel.Warning, "Disk alarm set, publishers are blocked: {FreeBytes} bytes are free, the limit is {LimitBytes}")]
    public static partial void DiskSet(ILogger logger, long freeBytes, long limitBytes);

    [LoggerMessage(3044, LogLevel.Warning, "Disk alarm cleared: {FreeBytes} bytes are free, the limit is {LimitBytes}")]
    public static partial void DiskCleared(ILogger logger, long freeBytes, long limitBytes);

    [LoggerMessage(3045, LogLevel.Warning, "The disk's free space cannot be told; trying again now and then")]
    public static partial void DiskUnreadable(ILogger logger, Exception error);

    [LoggerMessage(3046, LogLevel.Information, "Memory watermark changed to {LimitBytes} bytes")]
    public static partial void WatermarkChanged(ILogger logger, long limitBytes);

    [LoggerMessage(3047, LogLevel.Information, "Disk free limit changed to {LimitBytes} bytes")]
    public static partial void DiskLimitChanged(ILogger logger, long limitBytes);
}
