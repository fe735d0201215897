using System.Text.Json.Nodes;
using HareMQ.Broker.Access;
using HareMQ.Broker.Limits;
using HareMQ.Management.Endpoints;

namespace HareMQ.Management.Objects;

internal static class UserObject
{
    public static JsonObject Render(User user, UserLimits limits) => new()
    {
        ["name"] = user.Name,
        ["password_hash"] = user.PasswordHash.Encoded,
        ["hashing_algorithm"] = user.HashingAlgorithm.Name(),
        ["tags"] = Tags(user),
        ["limits"] = LimitEndpoints.Render(limits),
    };

    public static JsonArray Tags(User user) => new([.. user.Tags.Order(StringComparer.Ordinal).Select(tag => (JsonNode)tag)]);

    public static JsonObject Render(PermissionEntry entry) => new()
    {
        ["user"] = entry.User,
        ["vhost"] = entry.VirtualHost,
        ["configure"] = entry.Permission.Configure,
        ["write"] = entry.Permission.Write,
        ["read"] = entry.Permission.Read,
    };

    public static JsonObject Render(TopicPermissionEntry entry) => new()
    {
        ["user"] = entry.User,
        ["vhost"] = entry.VirtualHost,
        ["exchange"] = entry.Permission.Exchange,
        ["write"] = entry.Permission.Write,
        ["read"] = entry.Permission.Read,
    };
}
