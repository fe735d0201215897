using HareMQ.Broker.Messages;
using HareMQ.Broker.Policies;
using HareMQ.Broker.Scheduling;
using HareMQ.Broker.Statistics;
using HareMQ.Storage;
using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Queues;

/// <summary>
/// A queue: a log of messages, the ones that came back, and the consumers. One owner at a time works on it (a turn of its mailbox); everybody
/// else posts commands or reads the counters.
/// </summary>
/// <remarks>
/// Nothing is held in memory per ready message: what is ahead of the log's cursor is ready, what is behind it is either settled, in
/// the lane's requeued ones, or out on a channel, which keeps the <see cref="Delivery"/>. The few that consumers are about to take are an
/// exception (<see cref="HeldMessages"/>).
/// </remarks>
internal sealed partial class MessageQueue : Mailbox<QueueCommand>, IPublishTarget, IExpiryOwner
{
    private readonly MessageLane _lane;
    private readonly PriorityLanes? _lanes;
    private readonly IQueueHost _host;
    private readonly ILogger _logger;
    private readonly ConsumerSet _consumers;
    private readonly List<IDeliveryChannel> _toFlush = [];
    private long _unsettledCount;
    private long _unsettledBodyBytes;
    private bool _hadConsumer;
    private bool _refuses;

    // Read by any thread, written by the queue's turns (whole values only).
    private long _readyCountSeen;
    private long _readyBodyBytesSeen;
    private long _unsettledCountSeen;
    private long _unsettledBodyBytesSeen;
    private int _deadCountSeen;
    private int _consumerCountSeen;
    private Consumer? _soleConsumerSeen;
    private QueueState _state;
    private QueueSettings _settings;
    private QueueSettings _settingsSeen;
    private EffectivePolicy _policy = EffectivePolicy.None;

    public MessageQueue(
        string virtualHost,
        QueueDeclaration declaration,
        ulong logId,
        SegmentLog log,
        ITurnScheduler scheduler,
        ILogger logger,
        QueueSettings? settings = null,
        IQueueHost? host = null)
        : base(scheduler)
    {
        VirtualHost = virtualHost;
        Declaration = declaration;
        LogId = logId;
        _lane = new MessageLane(log);
        _host = host ?? DetachedQueueHost.Instance;
        _logger = logger;
        _settings = settings ?? QueueSettings.Default;
        _settingsSeen = Asked = _settings;
        if (_settings.MaxPriority is > 0 and { } max) _lanes = OpenLanes(max);
        _consumers = new ConsumerSet(_settings.SingleActiveConsumer);
        if (_settings.Deduplication is { } deduplication) RecallKeys(deduplication);
        _duties = DutiesOf(_settings);
        // Nobody remembers whether what was left by a former life expires.
        if (Ready > 0) _duties |= QueueDuties.Expiry;
        if (_settings.ExpiresMs is not null) _lastUsedAtMs = _host.Clock.NowMs;
        PublishCounters();
    }

    public string VirtualHost { get; }

    public QueueDeclaration Declaration { get; }

    /// <summary>What the queue's arguments ask for, policies apart.</summary>
    public QueueSettings Asked { get; init; }

    /// <summary>The policies that hold for it. Set by its virtual host, together with what follows from them.</summary>
    public EffectivePolicy Policy { get => Volatile.Read(ref _policy); set => Volatile.Write(ref _policy, value); }

    /// <summary>What holds for every message that is routed from now on.</summary>
    public QueueSettings Settings => Volatile.Read(ref _settingsSeen);

    public bool KeepsTransient => Settings.Type == QueueType.Quorum;

    public bool MayRefuse => Settings.RefusesOverflow;

    public string Name => Declaration.Name;

    public bool Durable => Declaration.Durable;

    /// <summary>The queue's directory in the store.</summary>
    public ulong LogId { get; }

    /// <summary>Messages waiting to be delivered. Up to date once a turn has ended.</summary>
    public long ReadyCount => Volatile.Read(ref _readyCountSeen);

    public long ReadyBodyBytes => Volatile.Read(ref _readyBodyBytesSeen);

    /// <summary>Messages delivered and not settled.</summary>
    public long UnsettledCount => Volatile.Read(ref _unsettledCountSeen);

    public long UnsettledBodyBytes => Volatile.Read(ref _unsettledBodyBytesSeen);

    /// <summary>Dead letters that no target has accepted yet: neither ready nor unsettled.</summary>
    public int DeadCount => Volatile.Read(ref _deadCountSeen);

    public int ConsumerCount => Volatile.Read(ref _consumerCountSeen);

    /// <summary>The one consumer that is served while others are not: an exclusive one, or the active one where only one may be.</summary>
    public Consumer? SoleConsumer => Volatile.Read(ref _soleConsumerSeen);

    /// <summary>Written by the queue's turns.</summary>
    public MessageCounts Messages { get; } = new();

    /// <summary>Written by the queue's turns; null: no message has died here yet.</summary>
    public DeathCounts? Deaths { get; private set; }

    public QueueState State => _state;

    public bool IsDeleted => _state == QueueState.Deleted;

    private long Ready => _lanes is null ? _lane.Ready + HeldCount : _lanes.Ready;

    private long ReadyBytes => _lanes is null ? _lane.ReadyBodyBytes + (_held?.BodyBytes ?? 0) : _lanes.ReadyBodyBytes;

    /// <summary>The lane whose first message is the next to go.</summary>
    private MessageLane HeadLane => _lanes is null ? _lane : _lanes.Head;

    /// <summary>The highest priority first.</summary>
    private ReadOnlySpan<MessageLane> AllLanes => _lanes is null ? new ReadOnlySpan<MessageLane>(in _lane) : _lanes.Used;

    /// <summary>Stops the queue at shutdown, in a turn: the log writes what it still has to and closes its files.</summary>
    public Task CloseAsync()
    {
        var request = new CloseRequest();
        Post(new QueueCommand(QueueCommandKind.Request, request));
        return request.Answer;
    }

    private MessageLane LaneOf(in Delivery delivery) => _lanes is null ? _lane : _lanes[delivery.Lane];

    private PriorityLanes OpenLanes(byte max)
    {
        var lanes = new PriorityLanes(_lane, max, priority => _host.OpenLane(LogId, priority));
        for (var priority = 1; priority <= max; priority++)
            if (_host.HasLane(LogId, (byte)priority)) _ = lanes[(byte)priority];
        return lanes;
    }

    private void PublishCounters()
    {
        Volatile.Write(ref _readyCountSeen, Ready);
        Volatile.Write(ref _readyBodyBytesSeen, ReadyBytes);
        Volatile.Write(ref _unsettledCountSeen, _unsettledCount);
        Volatile.Write(ref _unsettledBodyBytesSeen, _unsettledBodyBytes);
        Volatile.Write(ref _consumerCountSeen, _consumers.Count);
        Volatile.Write(ref _soleConsumerSeen, _consumers.Sole);
        if (_dead is not null) Volatile.Write(ref _deadCountSeen, _dead.Count);
    }

    private sealed class CloseRequest : QueueRequest<bool>
    {
        protected override bool Carry(MessageQueue queue)
        {
            if (queue._state == QueueState.Deleted || queue._state == QueueState.Closed) return true;
            queue._state = QueueState.Closed;
            queue.CancelAlarm();
            // Transient ones, which would not be there after a start either.
            queue._held?.Clear();
            foreach (var lane in queue.AllLanes) lane.Log.Dispose();
            return true;
        }
    }
}

internal enum QueueState : byte
{
    Running,

    /// <summary>The store failed under it. Takes and gives nothing until the broker is restarted; never confirms.</summary>
    Failed,

    /// <summary>The broker is shutting down.</summary>
    Closed,

    Deleted,
}
