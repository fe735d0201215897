namespace HareMQ.Broker.Tests.VirtualHosts;

/// <summary>Keeps what would go on after an await until the test lets it, so that something else comes in between.</summary>
internal sealed class HeldContinuations : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _held = new();

    public override void Post(SendOrPostCallback d, object? state) => _held.Enqueue((d, state));

    /// <summary>Starts an operation whose continuations are held.</summary>
    public TTask Start<TTask>(Func<TTask> operation)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            return operation();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Lets the operations that were held go on, to their end, on this thread.</summary>
    public void Run(Task until)
    {
        while (!until.IsCompleted)
        {
            if (_held.TryDequeue(out var next)) next.Callback(next.State);
            else Thread.Yield();
        }
    }
}
