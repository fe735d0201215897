using HareMQ.Amqp;
using HareMQ.Broker;
using HareMQ.Storage;

namespace HareMQ.Simulation.Machine;

/// <summary>One life of the broker: from its start on what the disk holds to its end, however that comes.</summary>
internal sealed class BrokerLife
{
    private static readonly StoreOptions s_options = new()
    {
        DataDirectory = "/data",
        FirstSegmentBytes = 2048,
        MaxSegmentBytes = 8192,
        RecycledSegmentsMax = 2,
        OpenHandlesMax = 6,
    };

    private readonly Random _random;
    private readonly MessageStore _store;
    private readonly Complaints _log;
    private int _lastConnection;

    /// <exception cref="StorageException">The disk fails.</exception>
    public BrokerLife(Random random, Trace trace, SimulatedDisk disk, double slowness, bool mayFail, long nowMs, long wallOffsetMs)
    {
        _random = random;
        _log = new Complaints(trace, mayFail);
        Loop = new EventLoop(random, trace);
        SynchronizationContext.SetSynchronizationContext(Loop);
        Time = new SimulatedTime(Loop, nowMs, wallOffsetMs);
        _store = MessageStore.Open(s_options, _log, disk.Files, new SyncStepper(Loop, random, slowness));
        try
        {
            var opening = BrokerCore.OpenAsync(_store, new BrokerCoreOptions(), Loop, _log, Time);
            if (!opening.IsCompletedSuccessfully) throw new InvalidOperationException("The broker waits for something before it is there.");
            Core = opening.Result;
        }
        catch (StorageException)
        {
            _store.Dispose();
            throw;
        }

        Server = new AmqpServer(Core, new AmqpServerOptions { HeartbeatSeconds = 0 }, Time, _log);
    }

    public EventLoop Loop { get; }

    public SimulatedTime Time { get; }

    public BrokerCore Core { get; }

    public AmqpServer Server { get; }

    /// <summary>What it logged that it must not log.</summary>
    public string? Complaint => _log.Worst;

    /// <summary>Buffers of the store that are in use.</summary>
    public long BufferBytes => _store.BufferBytes;

    public SimulatedTransport Connect(out string name)
    {
        name = $"connection {++_lastConnection}";
        var transport = new SimulatedTransport(Loop, _random, name) { IsSlow = _random.Next(5) == 0 };
        _ = Server.ServeAsync(transport);
        return transport;
    }

    /// <summary>Closes it as a service manager does. Its clients have left.</summary>
    public async Task StopAsync()
    {
        await Server.DisposeAsync();
        await Core.DisposeAsync();
    }

    /// <summary>What it still had in mind never happens.</summary>
    public void Die()
    {
        Loop.End();
        _log.IsOver = true;
    }
}
