namespace HareMQ.Perf;

/// <summary>Waits until one of many sockets can be read or written. Belongs to one thread.</summary>
internal abstract class Poller : IDisposable
{
    public static Poller Create() => OperatingSystem.IsLinux() ? new EpollPoller() : new SelectPoller();

    /// <summary>The socket must not block.</summary>
    public abstract void Add(PolledSocket socket);

    /// <summary>
    /// Sets <see cref="PolledSocket.CanRead"/> and clears <see cref="PolledSocket.IsWriteBlocked"/> of those that are ready.
    /// </summary>
    public abstract void Wait(long nanosecondsMax);

    public abstract void Dispose();
}
