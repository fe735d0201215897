using System.Text.Json;
using HareMQ.Broker.Access;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Limits;

namespace HareMQ.Broker.Events;

internal sealed partial class BrokerEvents
{
    private const string LimitsName = "limits";

    /// <param name="before">Null: the user is new.</param>
    /// <param name="user">As it is now.</param>
    public void UserPut(User? before, User user)
    {
        if (before is null) RaiseByUser("user.created", OfUser(user.Name));
        else if (before.PasswordHash != user.PasswordHash)
            RaiseByUser(user.PasswordHash == PasswordHash.None ? "user.password.cleared" : "user.password.changed", OfUser(user.Name));
        if (before is null || !before.Tags.SetEquals(user.Tags))
            RaiseByUser("user.tags.set", OfUser(user.Name).Add("tags", user.Tags.Order(StringComparer.Ordinal)));
    }

    public void UserDeleted(string user) => RaiseByUser("user.deleted", OfUser(user));

    public void PermissionSet(string user, string virtualHost, Permission permission) => RaiseByUser("permission.created",
        OfGrant(user, virtualHost)
            .Add("configure", permission.Configure)
            .Add("write", permission.Write)
            .Add("read", permission.Read));

    public void PermissionCleared(string user, string virtualHost) =>
        RaiseByUser("permission.deleted", OfGrant(user, virtualHost));

    public void TopicPermissionSet(string user, string virtualHost, TopicPermission permission) =>
        RaiseByUser("topic.permission.created", OfGrant(user, virtualHost)
            .Add("exchange", permission.Exchange)
            .Add("write", permission.Write)
            .Add("read", permission.Read));

    /// <param name="user">Whose.</param>
    /// <param name="virtualHost">Where.</param>
    /// <param name="exchange">Null: those of all exchanges.</param>
    public void TopicPermissionsCleared(string user, string virtualHost, string? exchange)
    {
        var headers = OfGrant(user, virtualHost);
        if (exchange is not null) headers.Add("exchange", exchange);
        RaiseByUser("topic.permission.deleted", headers);
    }

    public void ParameterSet(ParameterId id, JsonElement value) => RaiseByUser("parameter.set", Of(id).Add("value", value));

    public void ParameterCleared(ParameterId id) => RaiseByUser("parameter.cleared", Of(id));

    public void GlobalParameterSet(string name, JsonElement value) =>
        RaiseByUser("parameter.set", OfGlobal(name).Add("value", value));

    public void GlobalParameterCleared(string name) => RaiseByUser("parameter.cleared", OfGlobal(name));

    public void VirtualHostLimitsChanged(string virtualHost, VirtualHostLimits limits)
    {
        var headers = new EventHeaders().Add("name", LimitsName).Add("vhost", virtualHost);
        AddLimits(
            headers, (VirtualHostLimits.MaxConnectionsName, limits.MaxConnections), (VirtualHostLimits.MaxQueuesName, limits.MaxQueues));
        RaiseByUser(limits == VirtualHostLimits.None ? "vhost.limits.cleared" : "vhost.limits.set", headers);
    }

    public void UserLimitsChanged(string user, UserLimits limits)
    {
        var headers = new EventHeaders().Add("name", LimitsName).Add("username", user);
        AddLimits(headers, (UserLimits.MaxConnectionsName, limits.MaxConnections), (UserLimits.MaxChannelsName, limits.MaxChannels));
        RaiseByUser(limits == UserLimits.None ? "user.limits.cleared" : "user.limits.set", headers);
    }

    private static void AddLimits(EventHeaders headers, params ReadOnlySpan<(string Name, long? Value)> limits)
    {
        foreach (var (name, value) in limits)
            if (value is { } limit) headers.Add(name, limit);
    }

    private static EventHeaders OfUser(string name) => new EventHeaders().Add("name", name);

    private static EventHeaders OfGrant(string user, string virtualHost) =>
        new EventHeaders().Add("user", user).Add("vhost", virtualHost);

    private static EventHeaders Of(ParameterId id) => Of(id.Name, id.VirtualHost).Add("component", id.Component);

    private static EventHeaders OfGlobal(string name) => new EventHeaders().Add("name", name).Add("component", "global");
}
