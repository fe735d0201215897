using HareMQ.Storage;

namespace HareMQ.Simulation.Machine;

/// <summary>The disk's answer as one event among the others; on a slow disk, a late one.</summary>
internal sealed class SyncStepper(EventLoop loop, Random random, double slowness) : ISyncWorker
{
    private Func<bool> _round = null!;

    public void Start(Func<bool> round)
    {
        _round = round;
        // What finds nothing to do is told when there is something.
        round();
    }

    public void Wake() => loop.Add("sync", Run);

    public void Dispose()
    {
        while (_round())
        {
        }
    }

    private void Run()
    {
        if (random.NextDouble() < slowness || _round()) Wake();
    }
}
