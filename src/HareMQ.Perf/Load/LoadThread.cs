using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>Drives some of the connections until each has done its part.</summary>
internal sealed class LoadThread
{
    // How late, at worst, a thread with nothing to do sees that the run is over.
    private const long WaitNanosecondsMax = 5 * Clock.NanosecondsPerMillisecond;

    private readonly RunState _state;
    private readonly IReadOnlyList<LoadConnection> _connections;
    private readonly Thread _thread;

    public LoadThread(string name, RunState state, IReadOnlyList<LoadConnection> connections)
    {
        _state = state;
        _connections = connections;
        foreach (var connection in connections) connection.Thread = this;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public Tally Tally { get; } = new();

    /// <summary>From when a message was due to when it was received.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>From when a message was due to when its confirm was received.</summary>
    public Histogram ConfirmLatency { get; } = new();

    /// <summary>What the thread allocated until its end: a load must not cost more for more messages.</summary>
    public long AllocatedBytes { get; private set; }

    public bool IsEnded => !_thread.IsAlive;

    public void Start() => _thread.Start();

    public void Join() => _thread.Join();

    private void Run()
    {
        try
        {
            if (OperatingSystem.IsLinux()) Libc.SharpenTimers();
            using var poller = Poller.Create();
            foreach (var connection in _connections)
            {
                poller.Add(connection);
                connection.ReadFrames();
            }

            while (!_state.GiveUp)
            {
                var now = Clock.Now;
                var wakeAt = now + WaitNanosecondsMax;
                var (isBusy, isDone) = Turn(now, ref wakeAt);
                if (isDone) return;
                poller.Wait(isBusy ? 0 : wakeAt - Clock.Now);
            }
        }
        catch (AmqpException e)
        {
            _state.Fail(PerfException.NotAmqp(e));
        }
        catch (Exception e)
        {
            _state.Fail(e);
        }
        finally
        {
            AllocatedBytes = GC.GetAllocatedBytesForCurrentThread();
        }
    }

    private (bool IsBusy, bool IsDone) Turn(long now, ref long wakeAt)
    {
        var (isBusy, isDone) = (false, true);
        // By index: enumerating an interface would allocate.
        for (var i = 0; i < _connections.Count; i++)
        {
            var connection = _connections[i];
            if (connection.IsDone) continue;
            if (connection.CanRead)
            {
                connection.Receive();
                isBusy |= connection.CanRead;
            }

            isBusy |= connection.Advance(now, ref wakeAt);
            isDone &= connection.IsDone;
        }

        return (isBusy, isDone);
    }
}
