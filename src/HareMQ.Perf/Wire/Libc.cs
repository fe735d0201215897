using System.Runtime.InteropServices;

namespace HareMQ.Perf;

/// <summary>Linux calls that .NET has no name for: to wait for many sockets, and for times shorter than a millisecond.</summary>
/// <remarks>Every argument is blittable, so nothing is marshalled and nothing here is unsafe.</remarks>
internal static class Libc
{
    public const int EpollIn = 0x001;
    public const int EpollOut = 0x004;
    public const int EpollError = 0x008;
    public const int EpollHangUp = 0x010;
    public const int EpollPeerClosed = 0x2000;
    public const int EpollEdgeTriggered = 1 << 31;
    public const int EpollAdd = 1;
    public const int CloseOnExec = 0x80000;
    public const int Interrupted = 4;
    public const int NotImplemented = 38;

    private const int SetTimerSlack = 29;

    /// <summary>Lets this thread's waits end when they are due instead of up to 50 µs later.</summary>
    public static void SharpenTimers() => _ = ProcessControl(SetTimerSlack, 1, 0, 0, 0);

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static extern int EpollCreate(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static extern int EpollControl(int epoll, int operation, int file, int[] epollEvent);

    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static extern int EpollWait(int epoll, int[] events, int eventsMax, int milliseconds);

    /// <summary>Since glibc 2.35 and Linux 5.11.</summary>
    [DllImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    public static extern int EpollWait(int epoll, int[] events, int eventsMax, in TimeSpec timeout, nint signalMask);

    [DllImport("libc", EntryPoint = "close")]
    public static extern int Close(int file);

    [DllImport("libc", EntryPoint = "prctl")]
    private static extern int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [StructLayout(LayoutKind.Sequential)]
    public readonly struct TimeSpec(long nanoseconds)
    {
        public readonly long Seconds = nanoseconds / Clock.NanosecondsPerSecond;
        public readonly long Nanoseconds = nanoseconds % Clock.NanosecondsPerSecond;
    }
}
