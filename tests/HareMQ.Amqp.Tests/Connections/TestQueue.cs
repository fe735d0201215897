using HareMQ.Broker.Queues;
using HareMQ.Broker.Scheduling;
using HareMQ.Protocol;
using HareMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Amqp.Tests.Connections;

/// <summary>A queue whose turns run when the test says so.</summary>
internal sealed class TestQueue : IDisposable, ITurnScheduler
{
    private readonly string _directory = Directory.CreateTempSubdirectory("haremq-test-").FullName;
    private readonly Queue<IThreadPoolWorkItem> _turns = new();
    private readonly MessageStore _store;
    private readonly SegmentLog _log;
    private readonly MessageQueue _queue;
    private int _posts;

    public TestQueue()
    {
        _store = MessageStore.Open(new StoreOptions { DataDirectory = _directory });
        _log = _store.OpenLog(1);
        var declaration = new QueueDeclaration("q", Durable: true, AutoDelete: false, Owner: null, FieldTable.Empty);
        _queue = new MessageQueue("/", declaration, 1, _log, this, NullLogger.Instance);
    }

    /// <summary>How often somebody has woken the queue.</summary>
    public int Posts => Volatile.Read(ref _posts);

    public Consumer BlockedConsumer() =>
        new(null!, "tag", autoAck: false, exclusive: false, prefetch: 0, priority: 0, FieldTable.Empty) { Queue = _queue, Blocked = true };

    public void RunTurns()
    {
        while (_turns.TryDequeue(out var turn)) turn.Execute();
    }

    public void Dispose()
    {
        _log.Dispose();
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    void ITurnScheduler.Schedule(IThreadPoolWorkItem turn)
    {
        Interlocked.Increment(ref _posts);
        _turns.Enqueue(turn);
    }
}
