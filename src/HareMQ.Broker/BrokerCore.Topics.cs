using HareMQ.Broker.Access;
using HareMQ.Broker.Definitions;

namespace HareMQ.Broker;

internal sealed partial class BrokerCore
{
    /// <exception cref="ArgumentException">A pattern is not a regular expression.</exception>
    /// <returns>False when there is no such user.</returns>
    public async Task<bool> SetTopicPermissionAsync(string user, string virtualHost, TopicPermission permission)
    {
        lock (_changing)
        {
            if (!Access.SetTopicPermission(user, virtualHost, permission)) return false;
            _journal.Append(new TopicPermissionPut(user, virtualHost, permission.Exchange, permission.Write, permission.Read));
            if (Events.AreWanted) Events.TopicPermissionSet(user, virtualHost, permission);
        }

        await _journal.SyncAsync();
        return true;
    }

    /// <summary>Clears the entry for one exchange, or for all exchanges when it is null.</summary>
    /// <returns>False when there was none.</returns>
    public async Task<bool> ClearTopicPermissionsAsync(string user, string virtualHost, string? exchange = null)
    {
        lock (_changing)
        {
            if (!Access.ClearTopicPermissions(user, virtualHost, exchange)) return false;
            _journal.Append(new TopicPermissionGone(user, virtualHost, exchange));
            if (Events.AreWanted) Events.TopicPermissionsCleared(user, virtualHost, exchange);
        }

        await _journal.SyncAsync();
        return true;
    }
}
