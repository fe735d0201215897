namespace HareMQ.Broker.Alarms;

/// <summary>Asks the operating system.</summary>
/// <param name="directory">A directory on the disk that messages are on.</param>
internal sealed class SystemReadings(string directory) : IResourceReadings
{
    private readonly DriveInfo _disk = new(directory);

    /// <summary>
    /// The process's resident memory. Messages that wait are in files, so what the kernel caches of them is not counted: it gives that back
    /// when somebody needs it. What counts, and grows, is what is on its way: batches not stored yet, bodies in pieces, unread deliveries.
    /// </summary>
    public long MemoryUsedBytes => Environment.WorkingSet;

    /// <summary>As the runtime sees it: in a container with a memory limit, the part of the limit that it lets its heap have.</summary>
    public long MemoryTotalBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public void ReclaimMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>What this process may still write, which can be less than what is free.</summary>
    public long DiskFreeBytes => _disk.AvailableFreeSpace;
}
