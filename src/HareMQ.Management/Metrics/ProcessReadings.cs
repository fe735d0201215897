using System.Diagnostics;

namespace HareMQ.Management.Metrics;

/// <summary>What this process uses and may use.</summary>
internal static class ProcessReadings
{
    /// <summary>RabbitMQ's default; there is no cluster whose nodes would ask each other.</summary>
    public const int NetTickSeconds = 60;

    private static readonly DateTime s_startedAt = StartTime();

    public static int OpenFiles() => OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;

    public static long OpenFilesMax()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        const string Name = "Max open files";
        foreach (var line in File.ReadLines("/proc/self/limits"))
        {
            if (!line.StartsWith(Name, StringComparison.Ordinal)) continue;
            return long.TryParse(line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], out var max) ? max : 0;
        }

        return 0;
    }

    public static int ThreadsMax()
    {
        ThreadPool.GetMaxThreads(out var workers, out _);
        return workers;
    }

    public static long ReclaimedBytes() =>
        Math.Max(0, GC.GetTotalAllocatedBytes() - GC.GetTotalMemory(forceFullCollection: false));

    public static TimeSpan Uptime() => DateTime.UtcNow - s_startedAt;

    public static double StartedAtSeconds() => (s_startedAt - DateTime.UnixEpoch).TotalSeconds;

    private static DateTime StartTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }
}
