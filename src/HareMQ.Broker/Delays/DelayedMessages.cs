using HareMQ.Broker.Messages;
using HareMQ.Broker.Scheduling;
using HareMQ.Storage;
using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Delays;

/// <summary>
/// The messages that an exchange holds back. They lie in logs by the time they are due: far away in long windows, nearer in shorter ones, and
/// only those of the next seconds are known one by one. One owner at a time works on them, in turns of a mailbox, as on a queue.
/// </summary>
/// <remarks>
/// docs/internals/delays.md draws the windows. A message leaves a log only when it is stored where it goes, so a crash can deliver one twice, and
/// loses none.
/// </remarks>
internal sealed partial class DelayedMessages : Mailbox<DelayCommand>, IPublishTarget
{
    /// <summary>How the pseudo-queue's name starts under which clients count and purge what an exchange holds back.</summary>
    public const string NamePrefix = "amq.delayed-";

    private const int TopLevel = DelayWindow.LevelCount - 1;

    private readonly LogGroup _logs;
    private readonly IDelayHost _host;
    private readonly ILogger _logger;
    private readonly string _virtualHost;
    private readonly ITimer _timer;

    // Windows by start. Those above level 0 wait for their turn to be taken apart; those of level 0 until they are over.
    private readonly SortedList<long, DelayBucket>[] _waiting = new SortedList<long, DelayBucket>[DelayWindow.LevelCount];

    // By level: everything due before it lies in finer windows, or in the index.
    private readonly long[] _frontier = new long[DelayWindow.LevelCount + 1];

    // Windows of level 1 whose messages are in the index, by start.
    private readonly SortedList<long, DelayBucket> _indexed = [];

    private readonly DelayIndex _index = new();

    // Those of windows that are through too, until their last message has arrived elsewhere.
    private readonly Dictionary<DelayWindow, DelayBucket> _all = [];
    private readonly List<DelayBucket> _touched = [];
    private DelayState _state;

    // Read by any thread, written by turns.
    private long _pendingCountSeen;
    private bool _busySeen;

    public DelayedMessages(
        string virtualHost, string exchange, bool durable, ulong logId, LogGroup logs, ITurnScheduler scheduler, IDelayHost host, ILogger logger)
        : base(scheduler)
    {
        _virtualHost = virtualHost;
        Exchange = exchange;
        Name = NamePrefix + exchange;
        Durable = durable;
        LogId = logId;
        _logs = logs;
        _host = host;
        _logger = logger;
        for (var level = 0; level < _waiting.Length; level++) _waiting[level] = [];
        _timer = host.Time.CreateTimer(
            static messages => ((DelayedMessages)messages!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Recover();
    }

    /// <summary>The name under which clients may count and purge them.</summary>
    public string Name { get; }

    public string Exchange { get; }

    public bool Durable { get; }

    /// <summary>Their directory in the store.</summary>
    public ulong LogId { get; }

    /// <summary>Messages held back. Up to date once a turn has ended.</summary>
    public long PendingCount => Volatile.Read(ref _pendingCountSeen);

    /// <summary>Some are on their way, to shorter windows or to their queues.</summary>
    public bool IsBusy => Volatile.Read(ref _busySeen);

    private long NowMs => _host.Time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Publish(PublishBatch batch, int slot, bool runInline)
    {
        var command = new DelayCommand(DelayCommandKind.Publish, batch, slot);
        if (runInline) PostAndRun(command);
        else Post(command);
    }

    /// <summary>Looks after what is due. Not before everything is there that the messages are routed to.</summary>
    public void Wake() => Post(new DelayCommand(DelayCommandKind.Wake, this));

    protected override void Handle(in DelayCommand command)
    {
        try
        {
            switch (command.Kind)
            {
                case DelayCommandKind.Publish: Enqueue((PublishBatch)command.Subject, command.Number); break;
                case DelayCommandKind.Moved: EndMove((DelayMove)command.Subject); break;
                case DelayCommandKind.Released: EndRelease((DelayRelease)command.Subject); break;
                case DelayCommandKind.Request: ((DelayRequest)command.Subject).Run(this); break;
            }
        }
        catch (Exception error)
        {
            Fail(error);
            if (command.Subject is DelayRequest request) request.Fail(error);
        }
    }

    protected override bool EndTurn()
    {
        var more = false;
        try
        {
            if (_state == DelayState.Running)
            {
                var nowMs = NowMs;
                more = Promote(nowMs) | Release(nowMs);
                Sweep(nowMs);
                foreach (var bucket in _touched)
                {
                    bucket.IsTouched = false;
                    if (!bucket.IsGone) bucket.Log.EndTurn();
                }

                SetTimer(nowMs);
            }
        }
        catch (Exception error)
        {
            Fail(error);
        }

        _touched.Clear();
        PublishCounters();
        return more && _state == DelayState.Running;
    }

    /// <summary>Opens what a former life has left.</summary>
    private void Recover()
    {
        foreach (var name in _logs.List())
        {
            if (!DelayWindow.TryParse(name, out var window)) continue;
            var bucket = new DelayBucket(window, _logs.Open(name));
            _all.Add(window, bucket);
            if (bucket.IsEmpty) Remove(bucket);
            else List(_waiting[window.Level], bucket);
        }

        var nowMs = NowMs;
        _frontier[DelayWindow.LevelCount] = long.MaxValue;
        for (var level = TopLevel; level > 0; level--)
        {
            var frontier = Math.Min(_frontier[level + 1], DelayWindow.FrontierAt(level, nowMs));
            if (TryGetFirst(_waiting[level], out var first)) frontier = Math.Min(frontier, first.Window.StartMs);
            _frontier[level] = frontier;
        }

        PublishCounters();
    }

    private DelayBucket GetOrAdd(SortedList<long, DelayBucket> buckets, DelayWindow window)
    {
        if (buckets.TryGetValue(window.StartMs, out var bucket)) return bucket;
        // The window may have been through, and some of its messages still be on their way.
        if (!_all.TryGetValue(window, out bucket))
        {
            bucket = new DelayBucket(window, _logs.Open(window.Name));
            _all.Add(window, bucket);
        }

        List(buckets, bucket);
        return bucket;
    }

    private static void List(SortedList<long, DelayBucket> buckets, DelayBucket bucket)
    {
        buckets.Add(bucket.Window.StartMs, bucket);
        bucket.IsListed = true;
    }

    /// <summary>Nothing new comes to the bucket any more.</summary>
    private void Unlist(SortedList<long, DelayBucket> buckets, DelayBucket bucket)
    {
        buckets.Remove(bucket.Window.StartMs);
        bucket.IsListed = false;
        RemoveIfOver(bucket);
    }

    private void RemoveIfOver(DelayBucket bucket)
    {
        if (bucket is { IsEmpty: true, IsListed: false }) Remove(bucket);
    }

    private static bool TryGetFirst(SortedList<long, DelayBucket> buckets, out DelayBucket first)
    {
        first = buckets.Count > 0 ? buckets.GetValueAtIndex(0) : null!;
        return buckets.Count > 0;
    }

    private void Touch(DelayBucket bucket)
    {
        if (bucket.IsTouched) return;
        bucket.IsTouched = true;
        _touched.Add(bucket);
    }

    private void Remove(DelayBucket bucket)
    {
        _all.Remove(bucket.Window);
        bucket.IsGone = true;
        try
        {
            bucket.Log.Delete();
        }
        catch (StorageException error)
        {
            // Empty as it is, the next start removes it.
            BrokerLog.DelayFilesLeft(_logger, _virtualHost, Exchange, error);
        }
    }

    /// <summary>Takes windows away that are over and empty.</summary>
    private void Sweep(long nowMs)
    {
        while (TryGetFirst(_indexed, out var first) && first.IsEmpty && first.Window.EndMs <= nowMs) Unlist(_indexed, first);
    }

    private void PublishCounters()
    {
        long pending = 0;
        foreach (var bucket in _all.Values) pending += bucket.Log.ReadyRecords + bucket.Out;
        Volatile.Write(ref _pendingCountSeen, pending);
        Volatile.Write(ref _busySeen, _movesUnderWay + _releasesUnderWay > 0);
    }

    /// <summary>Stops loudly: what is stored is safe for the next start, and nothing new is confirmed.</summary>
    private void Fail(Exception error)
    {
        if (_state != DelayState.Running) return;
        _state = DelayState.Failed;
        BrokerLog.DelaysFailed(_logger, _virtualHost, Exchange, error);
    }

    private enum DelayState : byte
    {
        Running,

        /// <summary>The store failed under it.</summary>
        Failed,

        /// <summary>The broker is shutting down.</summary>
        Closed,

        /// <summary>The exchange is deleted.</summary>
        Deleted,
    }
}
