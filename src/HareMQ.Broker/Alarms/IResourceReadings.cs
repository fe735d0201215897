namespace HareMQ.Broker.Alarms;

/// <summary>What there is and what is left of it. Called on a timer's thread.</summary>
internal interface IResourceReadings
{
    long MemoryUsedBytes { get; }

    /// <summary>What this process may use at most: the machine's memory, or its container's.</summary>
    long MemoryTotalBytes { get; }

    /// <summary>Gives back what is in memory and not used any more, so that <see cref="MemoryUsedBytes"/> says what is. Everything waits meanwhile.</summary>
    void ReclaimMemory();

    /// <exception cref="IOException">It cannot be told at the moment.</exception>
    long DiskFreeBytes { get; }
}

/// <summary>For a broker that nobody watches.</summary>
internal sealed class UnlimitedResources : IResourceReadings
{
    public static readonly UnlimitedResources Instance = new();

    public long MemoryUsedBytes => 0;

    public long MemoryTotalBytes => long.MaxValue;

    public void ReclaimMemory()
    {
    }

    public long DiskFreeBytes => long.MaxValue;
}
