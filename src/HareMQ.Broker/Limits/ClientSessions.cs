using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;

namespace HareMQ.Broker.Limits;

/// <summary>Counts connections by virtual host and user, and channels by user, and refuses those above a limit. Thread-safe.</summary>
/// <remarks>A limit that is lowered below what is there closes nothing: it refuses what comes.</remarks>
internal sealed class ClientSessions
{
    private readonly Dictionary<string, int> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Usage> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UserLimits> _limits = new(StringComparer.Ordinal);

    private int _channels;

    /// <summary>Of all users together; null: any number.</summary>
    public long? ChannelsMax { get; init; }

    /// <summary>A leaf: nothing is called while it is held.</summary>
    private readonly Lock _lock = new();

    /// <summary>Users without limits are not listed.</summary>
    public IReadOnlyDictionary<string, UserLimits> Limits
    {
        get
        {
            lock (_lock) return new Dictionary<string, UserLimits>(_limits, StringComparer.Ordinal);
        }
    }

    public UserLimits LimitsOf(string user)
    {
        lock (_lock) return _limits.GetValueOrDefault(user, UserLimits.None);
    }

    public void SetLimits(string user, UserLimits limits)
    {
        lock (_lock)
        {
            if (limits == UserLimits.None) _limits.Remove(user);
            else _limits[user] = limits;
        }
    }

    /// <summary>A client is let in: it counts until <see cref="ClientSession.End"/>.</summary>
    /// <exception cref="ConnectionException">530 NOT_ALLOWED: there are too many.</exception>
    public ClientSession Open(VirtualHost virtualHost, string user)
    {
        lock (_lock)
        {
            var connections = _connections.GetValueOrDefault(virtualHost.Name);
            var limits = virtualHost.Limits;
            if (LimitReader.IsReached(limits.MaxConnections, connections))
                throw LimitErrors.VirtualHostConnections(virtualHost.Name, user, limits.MaxConnections);
            var usage = _users.GetValueOrDefault(user) ?? new Usage();
            if (_limits.TryGetValue(user, out var own) && LimitReader.IsReached(own.MaxConnections, usage.Connections))
                throw LimitErrors.UserConnections(user, own.MaxConnections);
            _connections[virtualHost.Name] = connections + 1;
            _users[user] = usage;
            usage.Connections++;
        }

        return new ClientSession(this, virtualHost.Name, user);
    }

    /// <exception cref="ConnectionException">530 NOT_ALLOWED: there are too many.</exception>
    internal void OpenChannel(string user)
    {
        lock (_lock)
        {
            var usage = _users[user];
            if (_limits.TryGetValue(user, out var limits) && LimitReader.IsReached(limits.MaxChannels, usage.Channels))
                throw LimitErrors.UserChannels(user, limits.MaxChannels);
            if (LimitReader.IsReached(ChannelsMax, _channels)) throw LimitErrors.NodeChannels(ChannelsMax);
            usage.Channels++;
            _channels++;
        }
    }

    internal void CloseChannel(string user)
    {
        lock (_lock)
        {
            _users[user].Channels--;
            _channels--;
        }
    }

    internal void End(string virtualHost, string user, int channels)
    {
        lock (_lock)
        {
            if (--_connections[virtualHost] == 0) _connections.Remove(virtualHost);
            var usage = _users[user];
            usage.Channels -= channels;
            _channels -= channels;
            if (--usage.Connections == 0) _users.Remove(user);
        }
    }

    private sealed class Usage
    {
        public int Connections { get; set; }

        public int Channels { get; set; }
    }
}
