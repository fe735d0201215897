using HareMQ.Broker.Alarms;

namespace HareMQ.Broker.Tests.Alarms;

/// <summary>A machine as the test wants it.</summary>
internal sealed class InjectedReadings : IResourceReadings
{
    private long _diskFreeBytes = 1_000_000_000_000;
    private int _diskLooks;

    public long MemoryUsedBytes { get; set; } = 100;

    public long MemoryTotalBytes { get; set; } = 1000;

    /// <summary>How much of the used memory is garbage.</summary>
    public long GarbageBytes { get; set; }

    public int Reclaims { get; private set; }

    public void ReclaimMemory()
    {
        Reclaims++;
        MemoryUsedBytes -= GarbageBytes;
        GarbageBytes = 0;
    }

    public bool DiskFails { get; set; }

    /// <summary>How often anybody has asked for the free space.</summary>
    public int DiskLooks => _diskLooks;

    public long DiskFreeBytes
    {
        get
        {
            Interlocked.Increment(ref _diskLooks);
            return DiskFails ? throw new IOException("no such disk") : Interlocked.Read(ref _diskFreeBytes);
        }
        set => Interlocked.Exchange(ref _diskFreeBytes, value);
    }
}
