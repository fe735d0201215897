using System.Runtime.InteropServices;

namespace HareMQ.Crash.Brokers;

internal static class Signals
{
    private const int SigTerm = 15;

    public static void Terminate(int process)
    {
        if (OperatingSystem.IsWindows()) throw new SkippedException("there is no SIGTERM on this platform");
        if (Kill(process, SigTerm) != 0) throw new InvalidOperationException($"Process {process} could not be signalled.");
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
