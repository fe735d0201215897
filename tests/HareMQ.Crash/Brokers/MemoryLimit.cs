using System.Globalization;

namespace HareMQ.Crash.Brokers;

/// <summary>A control group with a limit on memory, page cache included: version 2, or version 1 where that is what the machine has.</summary>
internal sealed class MemoryLimit : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private readonly string _directory;

    private MemoryLimit(string directory) => _directory = directory;

    /// <summary>Written to by a process that wants to live in it.</summary>
    public string MembersFile => Path.Combine(_directory, "cgroup.procs");

    /// <exception cref="SkippedException">This machine, or this user, may not make one.</exception>
    public static MemoryLimit Create(long bytes)
    {
        if (!OperatingSystem.IsLinux()) throw new SkippedException("there are no control groups on this platform");
        foreach (var (parent, file) in Places())
        {
            if (TryCreate(parent, file, bytes) is { } limit) return limit;
        }

        throw new SkippedException("no control group with a memory limit can be made here");
    }

    public void Dispose() => Directory.Delete(_directory);

    private static MemoryLimit? TryCreate(string parent, string limitFile, long bytes)
    {
        var directory = Path.Combine(parent, $"haremq-crash-{Environment.ProcessId}");
        try
        {
            if (!Directory.Exists(parent)) return null;
            Directory.CreateDirectory(directory);
            if (File.Exists(Path.Combine(directory, limitFile)))
            {
                File.WriteAllText(Path.Combine(directory, limitFile), bytes.ToString(CultureInfo.InvariantCulture));
                return new MemoryLimit(directory);
            }

            // The parent does not pass its memory controller on.
            Directory.Delete(directory);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            // Not for us. What was made without a limit is not left behind.
            if (Directory.Exists(directory)) Directory.Delete(directory);
        }

        return null;
    }

    /// <summary>Where this process lives, and the top: inside of a container one of them is often all there is.</summary>
    private static IEnumerable<(string Parent, string LimitFile)> Places()
    {
        foreach (var line in File.ReadLines("/proc/self/cgroup"))
        {
            var parts = line.Split(':', 3);
            if (parts[1].Length == 0)
            {
                yield return (Root + parts[2], "memory.max");
                yield return (Root, "memory.max");
            }
            else if (parts[1].Split(',').Contains("memory"))
            {
                yield return ($"{Root}/memory{parts[2]}", "memory.limit_in_bytes");
                yield return ($"{Root}/memory", "memory.limit_in_bytes");
            }
        }
    }
}
