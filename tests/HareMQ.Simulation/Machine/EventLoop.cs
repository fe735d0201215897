using HareMQ.Broker.Scheduling;

namespace HareMQ.Simulation.Machine;

/// <summary>
/// Everything that can happen next in one life of a broker: turns of queues, continuations of connections, bytes on the wire, timers, rounds
/// of the sync loop. One thread takes them one at a time, in an order that comes from the seed.
/// </summary>
internal sealed class EventLoop(Random random, Trace trace) : SynchronizationContext, ITurnScheduler
{
    private readonly List<(string What, Action Run)> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _isOver;

    public bool IsIdle => _ready.Count == 0;

    public void Add(string what, Action run)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException($"'{what}' comes from another thread: the run would not replay.");
        if (!_isOver) _ready.Add((what, run));
    }

    public void Schedule(IThreadPoolWorkItem turn) => Add(NameOf(turn), turn.Execute);

    public override void Post(SendOrPostCallback d, object? state) => Add("continue", () => d(state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing here may wait.");

    /// <summary>One event; false when nothing is ready.</summary>
    public bool TryStep()
    {
        if (_ready.Count == 0) return false;
        var index = random.Next(_ready.Count);
        var (what, run) = _ready[index];
        _ready.RemoveAt(index);
        trace.Note(what);
        run();
        return true;
    }

    /// <summary>The process is dead: what it still had to do never happens.</summary>
    public void End()
    {
        _isOver = true;
        _ready.Clear();
    }

    private static string NameOf(IThreadPoolWorkItem turn) => turn is Broker.Queues.MessageQueue queue ? $"turn of {queue.Name}" : $"turn of a {turn.GetType().Name}";
}
