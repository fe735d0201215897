using HareMQ.Broker.Definitions;
using HareMQ.Broker.Limits;
using HareMQ.Broker.VirtualHosts;

namespace HareMQ.Broker;

internal sealed partial class BrokerCore
{
    /// <summary>Who is connected, and what users may have.</summary>
    public ClientSessions Sessions { get; }

    /// <summary>Sets or clears limits of a virtual host; what is above them stays.</summary>
    /// <param name="virtualHost">Its name.</param>
    /// <param name="change">Makes the new limits from those of now. No other change comes in between.</param>
    /// <returns>False when there is no such virtual host.</returns>
    public async Task<bool> ChangeLimitsOfVirtualHostAsync(string virtualHost, Func<VirtualHostLimits, VirtualHostLimits> change)
    {
        lock (_changing)
        {
            if (!_virtualHosts.TryGetValue(virtualHost, out var found)) return false;
            SetLimits(found, change(found.Limits));
        }

        await _journal.SyncAsync();
        return true;
    }

    /// <summary>Sets or clears limits of a user; what is above them stays.</summary>
    /// <param name="user">Its name.</param>
    /// <param name="change">Makes the new limits from those of now. No other change comes in between.</param>
    /// <returns>False when there is no such user.</returns>
    public async Task<bool> ChangeLimitsOfUserAsync(string user, Func<UserLimits, UserLimits> change)
    {
        lock (_changing)
        {
            if (!Access.TryGetUser(user, out _)) return false;
            var limits = change(Sessions.LimitsOf(user));
            _journal.Append(new UserLimitsPut(user, limits.MaxConnections, limits.MaxChannels));
            Sessions.SetLimits(user, limits);
            if (Events.AreWanted) Events.UserLimitsChanged(user, limits);
        }

        await _journal.SyncAsync();
        return true;
    }

    /// <summary>Called under the lock of changes.</summary>
    private void SetLimits(VirtualHost virtualHost, VirtualHostLimits limits)
    {
        _journal.Append(Describe(virtualHost.Name, limits));
        virtualHost.Limits = limits;
        if (Events.AreWanted) Events.VirtualHostLimitsChanged(virtualHost.Name, limits);
    }

    private static VirtualHostLimitsPut Describe(string virtualHost, VirtualHostLimits limits) =>
        new(virtualHost, limits.MaxConnections, limits.MaxQueues);

    private void RecoverLimits(DefinitionsState state)
    {
        foreach (var put in state.UserLimits) Sessions.SetLimits(put.User, new UserLimits(put.MaxConnections, put.MaxChannels));
        foreach (var put in state.VirtualHostLimits)
        {
            if (_virtualHosts.TryGetValue(put.VirtualHost, out var virtualHost))
                virtualHost.Limits = new VirtualHostLimits(put.MaxConnections, put.MaxQueues);
        }
    }
}
