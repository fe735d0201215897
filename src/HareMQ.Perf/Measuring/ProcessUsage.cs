using System.Diagnostics;

namespace HareMQ.Perf;

/// <summary>What a process has used so far.</summary>
internal readonly record struct ProcessUsage(TimeSpan Cpu, long MemoryBytes)
{
    public static ProcessUsage OfSelf()
    {
        using var self = Process.GetCurrentProcess();
        return new ProcessUsage(self.TotalProcessorTime, self.WorkingSet64);
    }

    /// <summary>Null if no process was named.</summary>
    /// <exception cref="PerfException">There is no such process, or it is another user's.</exception>
    public static ProcessUsage? Of(int? pid)
    {
        if (pid is not { } id) return null;
        try
        {
            using var process = Process.GetProcessById(id);
            return new ProcessUsage(process.TotalProcessorTime, process.WorkingSet64);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            throw PerfException.Usage($"--pid {id}: {e.Message}");
        }
    }
}
