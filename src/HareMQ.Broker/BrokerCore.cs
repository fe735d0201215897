using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using HareMQ.Broker.Access;
using HareMQ.Broker.Alarms;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Events;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Scheduling;
using HareMQ.Broker.Statistics;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker;

/// <summary>The broker without its protocols: virtual hosts, users and the store below them. Knows no socket.</summary>
internal sealed partial class BrokerCore : INodeUsage, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, VirtualHost> _virtualHosts = new(StringComparer.Ordinal);
    private readonly MessageStore _store;
    private readonly DefinitionsJournal _journal;
    private readonly NodeLimits _nodeLimits;
    private readonly LogIds _logIds = new();
    private readonly ITurnScheduler _scheduler;
    private readonly ExpiryClock _clock;
    private readonly ILogger _logger;
    private readonly string _nodeName;
    private readonly string? _eventVirtualHost;
    private readonly VirtualHostDefaults _defaults;
    private readonly string? _logVirtualHost;

    /// <summary>Held while virtual hosts or users change together with their definitions.</summary>
    private readonly Lock _changing = new();

    private BrokerCore(MessageStore store, BrokerCoreOptions options, ITurnScheduler scheduler, TimeProvider time, ILogger logger)
    {
        _store = store;
        _scheduler = scheduler;
        _clock = new ExpiryClock(time);
        _logger = logger;
        _journal = new DefinitionsJournal(store.Definitions, logger);
        _nodeName = options.NodeName;
        _eventVirtualHost = options.EventVirtualHost;
        _defaults = options.VirtualHosts;
        _logVirtualHost = options.LogVirtualHost;
        DefaultQueueType = options.DefaultQueueType;
        if (_eventVirtualHost is not null) Events = new BrokerEvents(_nodeName, time, FindEventFeed);
        Alarms.Switched += (alarm, on) =>
        {
            if (Events.AreWanted) Events.AlarmChanged(alarm, on);
        };
        Access = new AccessControl { LoopbackUsers = options.LoopbackUsers.ToFrozenSet(StringComparer.Ordinal) };
        Passwords = options.Passwords;
        _nodeLimits = options.NodeLimits;
        Sessions = new ClientSessions { ChannelsMax = options.NodeLimits.Channels };
        Authenticator = new Authenticator([new InternalBackend(Access)]);
        Resources = new ResourceMonitor(options.Resources, options.Readings ?? UnlimitedResources.Instance, Alarms, time, logger);
        if (options.Readings is not null) Resources.Start();
    }

    public AccessControl Access { get; }

    /// <summary>The type of queues that ask for none, in virtual hosts that say nothing else.</summary>
    public string DefaultQueueType { get; }

    /// <summary>For passwords that users are given.</summary>
    public PasswordPolicy Passwords { get; }

    /// <summary>The ways to log in. Set before anybody can.</summary>
    public Authenticator Authenticator { get; set; }

    /// <summary>Where administrative changes and refused logins are noted. Set before anybody can log in.</summary>
    public ILogger Audit { get; set; } = NullLogger.Instance;

    public ChurnCounts Churn { get; } = new();

    /// <summary>What channels that are gone have done, in all virtual hosts, since the broker started.</summary>
    public PastMessages PastMessages { get; } = new();

    public PastQueues PastQueues { get; } = new();

    public LoginAttempts AmqpLogins { get; } = new();

    public LoginAttempts HttpLogins { get; } = new();

    public BrokerEvents Events { get; } = BrokerEvents.None;

    public ResourceAlarms Alarms { get; } = new();

    public ResourceMonitor Resources { get; }

    public ITurnScheduler Scheduler => _scheduler;

    public ICollection<VirtualHost> VirtualHosts => _virtualHosts.Values;

    /// <summary>Recovers what is in the store, and makes the default user and virtual host when it is empty.</summary>
    public static Task<BrokerCore> OpenAsync(
        MessageStore store, BrokerCoreOptions options, ITurnScheduler scheduler, ILogger logger, TimeProvider? time = null)
    {
        var core = new BrokerCore(store, options, scheduler, time ?? TimeProvider.System, logger);
        var state = new DefinitionsState();
        foreach (var definition in core._journal.ReadAll()) state.Apply(definition);
        core.Recover(state);
        core._journal.CompactIfWorthwhile(state.Lines);
        if (state.IsEmpty && options.CreateDefaults) core.CreateDefaults(options);
        return Task.FromResult(core);
    }

    int INodeUsage.Queues => _virtualHosts.Values.Sum(virtualHost => virtualHost.QueueCount);

    int INodeUsage.Exchanges => _virtualHosts.Values.Sum(virtualHost => virtualHost.Topology.Exchanges.Count);

    public bool TryGetVirtualHost(string name, out VirtualHost virtualHost) => _virtualHosts.TryGetValue(name, out virtualHost!);

    /// <summary>Creates a virtual host with its predeclared exchanges; one that is there already is no error.</summary>
    public async Task AddVirtualHostAsync(string name)
    {
        VirtualHostStart start;
        lock (_changing)
        {
            if (_virtualHosts.ContainsKey(name)) return;
            if (LimitReader.IsReached(_nodeLimits.VirtualHosts, _virtualHosts.Count)) throw LimitErrors.VirtualHosts(name, _nodeLimits.VirtualHosts);
            // Before anything is made: a pattern may take too long.
            start = _defaults.Find(name);
            var virtualHost = CreateVirtualHost(name);
            var begun = Begin(virtualHost, start);
            _virtualHosts[name] = virtualHost;
            _journal.Append(new VirtualHostPut(name));
            foreach (var line in begun) _journal.Append(line);
            if (Events.AreWanted) Events.VirtualHostCreated(virtualHost);
        }

        LogCreated(name, start);
        await _journal.SyncAsync();
    }

    /// <summary>Deletes a virtual host with everything in it.</summary>
    /// <returns>The deleted virtual host, whose connections the caller closes; null when there was none.</returns>
    /// <exception cref="VirtualHostProtectedException">It is protected from deletion.</exception>
    public async Task<VirtualHost?> DeleteVirtualHostAsync(string name)
    {
        VirtualHost? virtualHost;
        lock (_changing)
        {
            if (!_virtualHosts.TryGetValue(name, out virtualHost)) return null;
            if (virtualHost.Metadata.ProtectedFromDeletion) throw new VirtualHostProtectedException(name);
            _virtualHosts.TryRemove(name, out _);
            _journal.Append(new VirtualHostGone(name));
            Access.RemoveVirtualHost(name);
            Parameters.RemoveVirtualHost(name);
        }

        await virtualHost.DeleteAsync();
        if (Events.AreWanted) Events.VirtualHostDeleted(virtualHost);
        await _journal.SyncAsync();
        return virtualHost;
    }

    /// <summary>Adds or replaces a user.</summary>
    public Task PutUserAsync(User user)
    {
        lock (_changing)
        {
            var before = Access.TryGetUser(user.Name, out var found) ? found : null;
            Access.SetUser(user);
            _journal.Append(Describe(user));
            if (Events.AreWanted) Events.UserPut(before, user);
        }

        return _journal.SyncAsync();
    }

    /// <summary>Deletes a user and the user's permissions.</summary>
    /// <returns>False when there was none.</returns>
    public async Task<bool> DeleteUserAsync(string name)
    {
        lock (_changing)
        {
            if (!Access.DeleteUser(name)) return false;
            _journal.Append(new UserGone(name));
            Sessions.SetLimits(name, UserLimits.None);
            if (Events.AreWanted) Events.UserDeleted(name);
        }

        await _journal.SyncAsync();
        return true;
    }

    /// <exception cref="ArgumentException">A pattern is not a regular expression.</exception>
    /// <returns>False when there is no such user.</returns>
    public async Task<bool> SetPermissionAsync(string user, string virtualHost, Permission permission)
    {
        lock (_changing)
        {
            if (!Access.SetPermission(user, virtualHost, permission)) return false;
            _journal.Append(new PermissionPut(user, virtualHost, permission.Configure, permission.Write, permission.Read));
            if (Events.AreWanted) Events.PermissionSet(user, virtualHost, permission);
        }

        await _journal.SyncAsync();
        return true;
    }

    public async Task<bool> ClearPermissionAsync(string user, string virtualHost)
    {
        lock (_changing)
        {
            if (!Access.ClearPermission(user, virtualHost)) return false;
            _journal.Append(new PermissionGone(user, virtualHost));
            if (Events.AreWanted) Events.PermissionCleared(user, virtualHost);
        }

        await _journal.SyncAsync();
        return true;
    }

    /// <summary>Closes queues and store. Connections must have ended before.</summary>
    public async ValueTask DisposeAsync()
    {
        _clock.Dispose();
        Resources.Dispose();
        try
        {
            foreach (var virtualHost in _virtualHosts.Values) await virtualHost.CloseAsync();
        }
        finally
        {
            _store.Dispose();
        }
    }

    /// <summary>All at once: half of it would be a broker that lets nobody in, and no later start would mend it.</summary>
    private void CreateDefaults(BrokerCoreOptions options)
    {
        var (name, permission) = (options.DefaultVirtualHost, options.DefaultPermission);
        var user = new User(options.DefaultUser, PasswordHash.Create(Encoding.UTF8.GetBytes(options.DefaultPassword), Passwords.Algorithm), options.DefaultUserTags);
        var start = _defaults.Find(name);
        var virtualHost = CreateVirtualHost(name);
        var begun = Begin(virtualHost, start);
        // Behind them: the default user is as the configuration wants it, even if it is one of them too.
        Access.SetUser(user);
        Access.SetPermission(user.Name, name, permission);
        _virtualHosts[name] = virtualHost;
        _journal.Replace(
        [
            new VirtualHostPut(name),
            .. begun,
            Describe(user),
            new PermissionPut(user.Name, name, permission.Configure, permission.Write, permission.Read),
        ]);
        LogCreated(name, start);
    }

    private static UserPut Describe(User user) => new(user.Name, user.PasswordHash.Encoded, user.HashingAlgorithm.Name(), [.. user.Tags]);

    private void Recover(DefinitionsState state)
    {
        RemoveOrphans(state);
        // Also when there were none: those that a former process deleted may not be gone for good. Their ids are used again from here on.
        _store.SyncDeletions();
        RecoverParameters(state);
        foreach (var put in state.Users) RecoverUser(put);
        foreach (var put in state.Permissions)
            Access.SetPermission(put.User, put.VirtualHost, new Permission(put.Configure, put.Write, put.Read));
        foreach (var put in state.TopicPermissions)
            Access.SetTopicPermission(put.User, put.VirtualHost, new TopicPermission(put.Exchange, put.Write, put.Read));

        var policies = state.Policies.ToLookup(put => PolicyLines.Id(put).VirtualHost);
        var exchanges = state.Exchanges.ToLookup(put => put.VirtualHost);
        var queues = state.Queues.ToLookup(put => put.VirtualHost);
        var bindings = state.Bindings.ToLookup(put => put.VirtualHost);
        foreach (var put in state.VirtualHosts)
        {
            var virtualHost = CreateVirtualHost(put.Name);
            virtualHost.Metadata = MetadataOf(put);
            virtualHost.SetTracing(put.Tracing);
            virtualHost.RecoverPolicies(policies[put.Name]);
            virtualHost.Recover(exchanges[put.Name], queues[put.Name], bindings[put.Name]);
            _virtualHosts[put.Name] = virtualHost;
        }

        RecoverLimits(state);
    }

    private void RemoveOrphans(DefinitionsState state)
    {
        var used = state.Queues.Select(queue => queue.Log).ToHashSet();
        var orphans = _store.ListLogs().Select(id => (Id: id, Lane: (byte)0)).Concat(_store.ListLanes())
            .Where(log => !used.Contains(log.Id)).ToArray();
        var usedGroups = state.Exchanges.Select(exchange => exchange.Log).ToHashSet();
        var orphanedGroups = _store.ListGroups().Where(id => !usedGroups.Contains(id)).ToArray();
        if (_journal.HadDamage)
        {
            // Some may be of queues whose definitions were lost: their messages are not.
            foreach (var orphan in orphans) _store.SetLogAside(orphan.Id, orphan.Lane);
            foreach (var group in orphanedGroups) _store.SetGroupAside(group);
            // So that this happens once: next time they are orphans of this run.
            _journal.Replace(state.Lines);
            return;
        }

        foreach (var group in orphanedGroups) _store.DeleteGroup(group);
        foreach (var orphan in orphans) _store.DeleteLog(orphan.Id, orphan.Lane);
        if (orphans.Length > 0) BrokerLog.OrphansRemoved(_logger, orphans.Length);
    }

    private void RecoverUser(UserPut put)
    {
        if (HashingAlgorithms.TryParse(put.HashingAlgorithm, out var algorithm))
            Access.SetUser(new User(put.Name, PasswordHash.Parse(put.PasswordHash, algorithm), put.Tags));
        else
            BrokerLog.DefinitionSkipped(_logger, $"user '{put.Name}' with password hash '{put.HashingAlgorithm}'", null);
    }

    private VirtualHost CreateVirtualHost(string name)
    {
        var virtualHost = new VirtualHost(name, _store, _journal, _logIds, _scheduler, _clock, _logger)
        {
            NodeName = _nodeName,
            Churn = Churn,
            PastMessages = new PastMessages(PastMessages),
            PastQueues = PastQueues,
            Events = Events,
            NodeLimits = _nodeLimits,
            NodeUsage = this,
            NodeQueueType = DefaultQueueType,
        };
        if (name == _eventVirtualHost) virtualHost.AddEventExchange();
        if (name == _logVirtualHost) virtualHost.AddLogExchange();
        return virtualHost;
    }

    /// <summary>What takes lines of the log; null: there is nothing, or its virtual host is gone.</summary>
    public BrokerFeed? FindLogFeed() =>
        _logVirtualHost is not null && TryGetVirtualHost(_logVirtualHost, out var virtualHost) ? virtualHost.LogFeed : null;

    private BrokerFeed? FindEventFeed() => TryGetVirtualHost(_eventVirtualHost!, out var virtualHost) ? virtualHost.EventFeed : null;
}

/// <summary>What the core is configured with.</summary>
internal sealed record BrokerCoreOptions
{
    /// <summary>False: an empty store stays empty, because definitions are about to be loaded.</summary>
    public bool CreateDefaults { get; init; } = true;

    public string DefaultVirtualHost { get; init; } = "/";

    public string DefaultUser { get; init; } = "guest";

    public string DefaultPassword { get; init; } = "guest";

    public IReadOnlyCollection<string> DefaultUserTags { get; init; } = ["administrator"];

    public Permission DefaultPermission { get; init; } = new(".*", ".*", ".*");

    /// <summary>Users that may log in from this machine only.</summary>
    public IReadOnlyCollection<string> LoopbackUsers { get; init; } = ["guest"];

    public string NodeName { get; init; } = "hare@localhost";

    /// <summary>Where the exchange is that tells what happens in the broker; null: there is none.</summary>
    public string? EventVirtualHost { get; init; }

    /// <summary>Where the exchange is that lines of the log are published to; null: there is none.</summary>
    public string? LogVirtualHost { get; init; }

    public ResourceOptions Resources { get; init; } = new();

    public PasswordPolicy Passwords { get; init; } = new();

    public NodeLimits NodeLimits { get; init; } = new();

    /// <summary>What virtual hosts begin with.</summary>
    public VirtualHostDefaults VirtualHosts { get; init; } = new();

    public string DefaultQueueType { get; init; } = QueueSettingsReader.Classic;

    /// <summary>Null: nobody watches memory and disk.</summary>
    public IResourceReadings? Readings { get; init; }
}
