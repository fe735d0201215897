namespace HareMQ.Broker.Scheduling;

/// <summary>Runs the turns of mailboxes. Production uses the thread pool; simulations run every turn on one thread, in an order taken from a seed.</summary>
internal interface ITurnScheduler
{
    /// <summary>Runs <paramref name="turn"/> soon, on any thread. Never runs it before returning.</summary>
    void Schedule(IThreadPoolWorkItem turn);
}

internal sealed class ThreadPoolTurnScheduler : ITurnScheduler
{
    public static readonly ThreadPoolTurnScheduler Instance = new();

    public void Schedule(IThreadPoolWorkItem turn) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);
}
