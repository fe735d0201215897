using System.Text.Json.Nodes;
using HareMQ.Broker.Limits;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;

namespace HareMQ.Management.Endpoints;

/// <summary>What virtual hosts and users may have at the same time.</summary>
internal static class LimitEndpoints
{
    public static void Add(EndpointTable table)
    {
        table.Get("/api/vhost-limits", Access.Management, "The limits of all virtual hosts", request => List(request.VisibleVirtualHosts));
        table.Get("/api/vhost-limits/{vhost}", Access.VisibleVirtualHost, "The limits of a virtual host",
            request => List([request.VirtualHost]));
        table.Put("/api/vhost-limits/{vhost}/{name}", Access.Administrator, "Sets max-connections or max-queues: value", PutOfVirtualHost);
        table.Delete("/api/vhost-limits/{vhost}/{name}", Access.Administrator, "Clears max-connections or max-queues",
            request => ChangeVirtualHost(request, null));
        table.Get("/api/user-limits", Access.Administrator, "The limits of all users", Users);
        table.Get("/api/user-limits/{user}", Access.Administrator, "The limits of a user", User);
        table.Put("/api/user-limits/{user}/{name}", Access.Administrator, "Sets max-connections or max-channels: value", PutOfUser);
        table.Delete("/api/user-limits/{user}/{name}", Access.Administrator, "Clears max-connections or max-channels",
            request => ChangeUser(request, null));
    }

    public static JsonObject Render(VirtualHostLimits limits) =>
        Render((VirtualHostLimits.MaxConnectionsName, limits.MaxConnections), (VirtualHostLimits.MaxQueuesName, limits.MaxQueues));

    public static JsonObject Render(UserLimits limits) =>
        Render((UserLimits.MaxConnectionsName, limits.MaxConnections), (UserLimits.MaxChannelsName, limits.MaxChannels));

    private static JsonObject Render(params ReadOnlySpan<(string Name, long? Value)> limits)
    {
        var json = new JsonObject();
        foreach (var (name, value) in limits)
            if (value is { } number) json[name] = number;
        return json;
    }

    private static ValueTask<ApiResponse> List(IEnumerable<VirtualHost> virtualHosts) => (ApiResponse)ApiList.Of(
        virtualHosts.Where(host => host.Limits != VirtualHostLimits.None),
        host => new JsonObject { ["vhost"] = host.Name, ["value"] = Render(host.Limits) },
        host => host.Name);

    private static ValueTask<ApiResponse> Users(ApiRequest request) =>
        List(request.Context.Core.Sessions.Limits.OrderBy(one => one.Key, StringComparer.Ordinal));

    private static ValueTask<ApiResponse> User(ApiRequest request)
    {
        var user = request["user"];
        if (!request.Context.Core.Access.TryGetUser(user, out _)) throw ApiException.NotFound();
        return List(request.Context.Core.Sessions.Limits.Where(one => one.Key == user));
    }

    private static ValueTask<ApiResponse> List(IEnumerable<KeyValuePair<string, UserLimits>> limits) => (ApiResponse)ApiList.Of(
        limits, one => new JsonObject { ["user"] = one.Key, ["value"] = Render(one.Value) }, one => one.Key);

    private static async ValueTask<ApiResponse> PutOfVirtualHost(ApiRequest request) =>
        await ChangeVirtualHost(request, await ReadValueAsync(request));

    private static async ValueTask<ApiResponse> ChangeVirtualHost(ApiRequest request, long? value)
    {
        var name = request["name"];
        return ApiResponse.GoneOrNotFound(await request.Context.Core.ChangeLimitsOfVirtualHostAsync(
            request.VirtualHost.Name, limits => limits.With(name, value)));
    }

    private static async ValueTask<ApiResponse> PutOfUser(ApiRequest request) => await ChangeUser(request, await ReadValueAsync(request));

    private static async ValueTask<ApiResponse> ChangeUser(ApiRequest request, long? value)
    {
        var name = request["name"];
        return ApiResponse.GoneOrNotFound(await request.Context.Core.ChangeLimitsOfUserAsync(
            request["user"], limits => limits.With(name, value)));
    }

    private static async ValueTask<long> ReadValueAsync(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("value");
        return body.Number("value") ?? throw ApiException.BadRequest("value is not a number");
    }
}
