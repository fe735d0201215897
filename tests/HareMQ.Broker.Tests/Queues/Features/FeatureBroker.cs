using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;
using HareMQ.Storage;
using HareMQ.Storage.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Queues.Features;

/// <summary>A broker on a disk in memory with the queue under test and its grave; turns and time run when the test says so.</summary>
internal sealed class FeatureBroker : IBatchOwner, IConfirmSink, IDisposable
{
    private const string QueueName = "q";
    private const string GraveName = "grave";

    private readonly QueueShape _shape;
    private readonly LifeScheduler _scheduler = new();
    private readonly List<ulong> _refused = [];
    private MemoryFileSystem _files = new();
    private MessageStore _store = null!;
    private BrokerCore _core = null!;
    private int _batches;
    private int _endedBatches;
    private int _turnsToSnapshot = -1;
    private MemoryFileSystem? _snapshot;

    public FeatureBroker(QueueShape shape)
    {
        _shape = shape;
        Open();
        Wait(DeclareAsync(GraveName, FieldTable.Empty));
        Wait(DeclareAsync(QueueName, ArgumentsOf(shape)));
        FindQueues();
    }

    public LifeTime Time { get; } = new();

    public MessageQueue Queue { get; private set; } = null!;

    public MessageQueue Grave { get; private set; } = null!;

    /// <summary>Numbers of the messages that were refused since the last call.</summary>
    public ulong[] TakeRefused()
    {
        lock (_refused)
        {
            ulong[] refused = [.. _refused];
            _refused.Clear();
            return refused;
        }
    }

    public PublishBatch NewBatch()
    {
        _batches++;
        return PublishBatch.Rent(this);
    }

    /// <summary>Runs turns until nothing is under way.</summary>
    public void Settle()
    {
        SpinWait wait = default;
        var deadline = Environment.TickCount64 + 30_000;
        while (true)
        {
            RunTurns();
            if (Volatile.Read(ref _endedBatches) == _batches && Queue.DeadCount == 0) break;
            var isLate = Environment.TickCount64 >= deadline;
            Assert.False(isLate, $"{Queue.DeadCount} dead letters do not arrive, {_batches - _endedBatches} batches do not end");
            wait.SpinOnce();
        }

        RunTurns();
    }

    /// <summary>After so many turns the disk is remembered as it is then.</summary>
    public void SnapshotAfter(int turns) => _turnsToSnapshot = turns;

    /// <summary>There were fewer turns: the disk as it is now.</summary>
    public void EndSnapshot()
    {
        if (_turnsToSnapshot >= 0) TakeSnapshot();
    }

    /// <summary>Starts again, on what a crash at the moment of the snapshot, or else now, would have left.</summary>
    public void Crash()
    {
        if (_snapshot is null) TakeSnapshot();
        Close();
        _files = _snapshot!;
        _snapshot = null;
        Open();
        FindQueues();
    }

    public void Restart()
    {
        Close();
        Open();
        FindQueues();
    }

    /// <summary>The task may need turns to end.</summary>
    public T Wait<T>(Task<T> task)
    {
        Wait((Task)task);
        return task.GetAwaiter().GetResult();
    }

    public void Dispose() => Close();

    void IBatchOwner.BatchEnded(int bytes) => Interlocked.Increment(ref _endedBatches);

    void IConfirmSink.Complete(ConfirmTicket ticket)
    {
        Assert.False(ticket.Refused);
        lock (_refused) _refused.AddRange(ticket.RefusedSequences ?? []);
    }

    private static FieldTable ArgumentsOf(QueueShape shape)
    {
        var table = new FieldTableBuilder();
        var rules = shape.Rules;
        if (shape.IsQuorum) table.Add("x-queue-type", FieldValue.FromString("quorum"));
        if (shape.MaxPriority is { } priority) table.Add("x-max-priority", FieldValue.FromInt(priority));
        if (shape.SingleActive) table.Add("x-single-active-consumer", FieldValue.FromBool(true));
        if (rules.TtlMs is { } ttl) table.Add("x-message-ttl", FieldValue.FromInt(ttl));
        if (rules.MaxLength is { } length) table.Add("x-max-length", FieldValue.FromInt(length));
        if (rules.MaxLengthBytes is { } bytes) table.Add("x-max-length-bytes", FieldValue.FromInt(bytes));
        // The limit that they have anyhow need not be said.
        var says = !(shape.IsQuorum && rules.DeliveryLimit == QueueSettings.QuorumDeliveryLimit);
        if (says && rules.DeliveryLimit is { } limit) table.Add("x-delivery-limit", FieldValue.FromInt(limit));
        if (rules.Overflow == OverflowPolicy.RejectPublish) table.Add("x-overflow", FieldValue.FromString("reject-publish"));
        if (rules.Overflow == OverflowPolicy.RejectPublishDlx) table.Add("x-overflow", FieldValue.FromString("reject-publish-dlx"));
        var settings = SettingsOf(rules);
        if (settings.DeadLetterExchange is { } exchange) table.Add("x-dead-letter-exchange", FieldValue.FromString(exchange));
        if (settings.DeadLetterRoutingKey is { } key) table.Add("x-dead-letter-routing-key", FieldValue.FromString(key));
        return table.ToTable();
    }

    public static QueueSettings SettingsOf(QueueRules rules) => new()
    {
        MessageTtlMs = rules.TtlMs,
        MaxLength = rules.MaxLength,
        MaxLengthBytes = rules.MaxLengthBytes,
        Overflow = rules.Overflow,
        DeliveryLimit = rules.DeliveryLimit,
        DeadLetterExchange = rules.Target switch { DeadLetterTarget.None => null, DeadLetterTarget.Missing => "missing", _ => "" },
        DeadLetterRoutingKey = rules.Target switch { DeadLetterTarget.Grave => GraveName, DeadLetterTarget.Self => QueueName, _ => null },
    };

    private VirtualHost VirtualHost => _core.TryGetVirtualHost("/", out var found) ? found : throw new InvalidOperationException();

    private Task<MessageQueue> DeclareAsync(string name, FieldTable arguments) =>
        VirtualHost.DeclareQueueAsync(TestMessages.Declaration(name) with { Arguments = arguments }).AsTask();

    private void FindQueues()
    {
        Queue = VirtualHost.GetQueue(QueueName, this);
        Grave = VirtualHost.GetQueue(GraveName, this);
        Settle();
    }

    private void Open()
    {
        var options = new StoreOptions
        {
            DataDirectory = "/data", Durability = Durability.Os, FirstSegmentBytes = 1024, MaxSegmentBytes = 16 * 1024,
        };
        _store = MessageStore.Open(options, logger: null, _files);
        _core = Wait(BrokerCore.OpenAsync(_store, new BrokerCoreOptions(), _scheduler, NullLogger.Instance, Time));
    }

    private void Close()
    {
        Wait(_core.DisposeAsync().AsTask());
        _store.Dispose();
    }

    private void Wait(Task task)
    {
        SpinWait wait = default;
        while (!task.IsCompleted)
        {
            RunTurns();
            wait.SpinOnce();
        }

        task.GetAwaiter().GetResult();
    }

    private void TakeSnapshot()
    {
        _turnsToSnapshot = -1;
        _snapshot = _files.AfterKill();
    }

    private void RunTurns()
    {
        while (true)
        {
            if (_turnsToSnapshot == 0) TakeSnapshot();
            if (!_scheduler.RunOne()) break;
            if (_turnsToSnapshot > 0) _turnsToSnapshot--;
        }
    }
}
