namespace HareMQ.Storage;

/// <summary>A thread of its own, because it spends its life waiting for the disk.</summary>
internal sealed class SyncThread : ISyncWorker
{
    private readonly AutoResetEvent _wake = new(false);
    private Thread? _thread;
    private volatile bool _stopping;

    public void Start(Func<bool> round)
    {
        _thread = new Thread(() => Run(round)) { IsBackground = true, Name = "HareMQ store sync" };
        _thread.Start();
    }

    public void Wake() => _wake.Set();

    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread?.Join();
        _wake.Dispose();
    }

    private void Run(Func<bool> round)
    {
        while (true)
        {
            // Read before the round: what was asked for before the end is done before it.
            var isLast = _stopping;
            if (round()) continue;
            if (isLast) return;
            _wake.WaitOne();
        }
    }
}
