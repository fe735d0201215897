using System.Collections.Concurrent;

namespace HareMQ.Broker.Scheduling;

/// <summary>
/// Gives an object one owner without a thread of its own: anyone posts, one turn at a time handles. While a turn runs, its handler is the only
/// code that touches the owned state, so that state needs no lock.
/// </summary>
/// <remarks>Post and the end of a turn both cross a full fence, so what one turn wrote the next one reads.</remarks>
internal abstract class Mailbox<T>(ITurnScheduler scheduler) : IThreadPoolWorkItem
{
    /// <summary>Commands handled before the turn gives its thread to somebody else.</summary>
    private const int TurnItemsMax = 256;

    // Touched by any thread.
    private readonly ConcurrentQueue<T> _inbox = new();
    private int _scheduled;

    public ITurnScheduler Scheduler => scheduler;

    /// <summary>Handles one command. Must not throw: a failing command fails its owner, not the thread pool.</summary>
    protected abstract void Handle(in T command);

    /// <summary>Runs after the last command of a turn. True asks for another turn although no command is waiting.</summary>
    protected abstract bool EndTurn();

    public void Post(in T command)
    {
        _inbox.Enqueue(command);
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
            scheduler.Schedule(this);
    }

    /// <summary>
    /// Posts and, when the owner is idle, runs the turn on the caller's thread: saves a thread hop of latency. Only for callers that are not in
    /// a turn themselves and hold no lock.
    /// </summary>
    public void PostAndRun(in T command)
    {
        _inbox.Enqueue(command);
        if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
            Execute();
    }

    public void Execute()
    {
        for (var handled = 0; handled < TurnItemsMax && _inbox.TryDequeue(out var command); handled++)
            Handle(command);
        var again = EndTurn();
        // Clear before looking again, or a command posted in between would wait for the next post.
        Interlocked.Exchange(ref _scheduled, 0);
        if ((again || !_inbox.IsEmpty) && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
            scheduler.Schedule(this);
    }
}
