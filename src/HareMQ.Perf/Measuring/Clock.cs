using System.Diagnostics;

namespace HareMQ.Perf;

/// <summary>The monotonic clock of the machine in nanoseconds; the same for every process on it.</summary>
internal static class Clock
{
    public const long NanosecondsPerSecond = 1_000_000_000;
    public const long NanosecondsPerMillisecond = 1_000_000;

    private static readonly long s_nanosecondsPerTick = NanosecondsPerSecond / Stopwatch.Frequency;

    public static long Now => Stopwatch.GetTimestamp() * s_nanosecondsPerTick;

    public static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    public static double Seconds(long nanoseconds) => nanoseconds / (double)NanosecondsPerSecond;
}
