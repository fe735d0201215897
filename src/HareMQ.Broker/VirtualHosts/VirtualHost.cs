using System.Collections.Concurrent;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Delays;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Scheduling;
using HareMQ.Broker.Statistics;
using HareMQ.Storage;
using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.VirtualHosts;

/// <summary>
/// A name space of exchanges, queues and bindings. Reading is free of locks; changes are made one at a time under <see cref="_changing"/>,
/// written to the definitions log in the order they were made, and answered once they are on stable storage.
/// </summary>
/// <remarks>Permissions are the callers' business: the core trusts who calls it.</remarks>
internal sealed partial class VirtualHost : IQueueDirectory, IQueueHost, IDelayHost
{
    private readonly ConcurrentDictionary<string, MessageQueue> _queues = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MessageQueue>.AlternateLookup<ReadOnlySpan<char>> _queuesBySpan;
    private readonly ConcurrentDictionary<string, DirectReplyTarget> _replyTargets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DirectReplyTarget>.AlternateLookup<ReadOnlySpan<char>> _replyTargetsBySpan;

    /// <summary>Held while the topology and its definitions change together. Nothing is awaited inside.</summary>
    private readonly Lock _changing = new();

    // Expired queues on their way out of the definitions; guarded by _changing.
    private Task _forgetting = Task.CompletedTask;

    private readonly MessageStore _store;
    private readonly DefinitionsJournal _journal;
    private readonly LogIds _logIds;
    private readonly ITurnScheduler _scheduler;
    private readonly ILogger _logger;
    private volatile VirtualHostMetadata _metadata = VirtualHostMetadata.None;
    private volatile VirtualHostLimits _limits = VirtualHostLimits.None;

    public VirtualHost(
        string name,
        MessageStore store,
        DefinitionsJournal journal,
        LogIds logIds,
        ITurnScheduler scheduler,
        ExpiryClock clock,
        ILogger logger)
    {
        Name = name;
        _store = store;
        _journal = journal;
        _logIds = logIds;
        _scheduler = scheduler;
        _logger = logger;
        Clock = clock;
        _queuesBySpan = _queues.GetAlternateLookup<ReadOnlySpan<char>>();
        _replyTargetsBySpan = _replyTargets.GetAlternateLookup<ReadOnlySpan<char>>();
        Topology = new Topology(this, name, ExchangeTypes.BuiltIn.With(DelayedExchange.TypeName, CreateDelayedExchange));
        Topology.Predeclare();
    }

    public string Name { get; }

    public Topology Topology { get; }

    public ExpiryClock Clock { get; }

    public ChurnCounts Churn { get; init; } = new();

    /// <summary>What all virtual hosts together may have; <see cref="NodeUsage"/> says what they have.</summary>
    public NodeLimits NodeLimits { get; init; } = new();

    public INodeUsage? NodeUsage { get; init; }

    public int QueueCount => _queues.Count;

    /// <summary>The type of queues that ask for none, while <see cref="Metadata"/> says nothing else.</summary>
    public string NodeQueueType { get; init; } = QueueSettingsReader.Classic;

    /// <summary>The type of queues that ask for none.</summary>
    public string DefaultQueueType => Metadata.DefaultQueueType ?? NodeQueueType;

    /// <summary>What was counted here and has no channel any more.</summary>
    public PastMessages PastMessages { get; init; } = new();

    /// <summary>Likewise of queues that were deleted, here and elsewhere.</summary>
    public PastQueues PastQueues { get; init; } = new();

    public PastTraffic PastTraffic { get; } = new();

    /// <summary>For the sampler, which keeps the sums of all channels' messages here.</summary>
    public MessageCounts Messages { get; } = new();

    /// <summary>Set by the broker's core, under its lock.</summary>
    public VirtualHostMetadata Metadata { get => _metadata; set => _metadata = value; }

    /// <summary>Set by the broker's core, under its lock.</summary>
    public VirtualHostLimits Limits { get => _limits; set => _limits = value; }

    public ICollection<MessageQueue> Queues => _queues.Values;

    /// <summary>Set when the virtual host is deleted: its connections are closed.</summary>
    public bool IsDeleted { get; private set; }

    public bool TryGetQueue(string name, out MessageQueue queue) => _queues.TryGetValue(name, out queue!) && !queue.IsDeleted;

    bool IQueueDirectory.TryGetQueue(ReadOnlySpan<char> name, out IRouteTarget queue)
    {
        if (_queuesBySpan.TryGetValue(name, out var found))
        {
            queue = found;
            return !found.IsDeleted;
        }

        if (name.StartsWith(DirectReplyTarget.NamePrefix, StringComparison.Ordinal) && _replyTargetsBySpan.TryGetValue(name, out var reply))
        {
            queue = reply;
            return true;
        }

        queue = null!;
        return false;
    }

    public void AddReplyTarget(DirectReplyTarget target) => _replyTargets[target.Name] = target;

    public void RemoveReplyTarget(DirectReplyTarget target) => _replyTargets.TryRemove(KeyValuePair.Create(target.Name, target));

    public bool HasReplyTarget(string name) => _replyTargets.ContainsKey(name);

    /// <summary>Closes all queues, and what waits for its time, at shutdown.</summary>
    public async Task CloseAsync()
    {
        Task[] closing = [.. _queues.Values.Select(queue => queue.CloseAsync()), .. DelayedExchanges.Select(exchange => exchange.Pending.CloseAsync())];
        // They end on other threads, and WhenAll itself would answer on the thread pool, past the scheduler that a simulation puts in its place.
        await Task.WhenAll(closing.Select(static async task => await task));
        Task forgetting;
        lock (_changing) forgetting = _forgetting;
        await forgetting;
    }

    /// <summary>Deletes all queues; the caller has taken the virtual host out of the broker already.</summary>
    public async Task DeleteAsync()
    {
        lock (_changing) IsDeleted = true;
        foreach (var queue in _queues.Values)
        {
            (await queue.DeleteAsync(ifUnused: false, ifEmpty: false)).TellConsumers();
            PastQueues.Add(queue);
            if (Events.AreWanted) Events.QueueDeleted(queue);
            _store.DeleteLog(queue.LogId);
        }

        _queues.Clear();
        foreach (var exchange in DelayedExchanges) await ForgetDelayedAsync(exchange);
    }

    private MessageQueue CreateQueue(QueueDeclaration declaration, QueueSettings asked, ulong logId)
    {
        var policy = _policies.ForQueue(declaration.Name, asked.Type);
        var log = _store.OpenLog(logId);
        return new MessageQueue(Name, declaration, logId, log, _scheduler, _logger, policy.Terms.ApplyTo(asked), this)
        {
            Asked = asked,
            Policy = policy,
        };
    }

}
