namespace HareMQ.Broker.VirtualHosts;

/// <summary>Numbers for the message directories of queues, never used twice while the broker runs. Thread-safe.</summary>
internal sealed class LogIds
{
    private ulong _last;

    public ulong Next() => Interlocked.Increment(ref _last);

    /// <summary>At start-up: <paramref name="id"/> is in use.</summary>
    public void Reserve(ulong id) => _last = Math.Max(_last, id);
}
