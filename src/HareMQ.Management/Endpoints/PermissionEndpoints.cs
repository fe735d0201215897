using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.Management.Http;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Endpoints;

internal static class PermissionEndpoints
{
    public static void Add(EndpointTable table)
    {
        const string Permission = "/api/permissions/{vhost}/{user}";
        const string Topic = "/api/topic-permissions/{vhost}/{user}";
        table.Get("/api/permissions", Access.Administrator, "Who may do what where",
            request => (ApiResponse)List(request.Context.Core.Access.Permissions));
        table.Get(Permission, Access.Administrator, "What a user may do in a virtual host", Get);
        table.Put(Permission, Access.Administrator, "Lets a user into a virtual host: configure, write, read", Put);
        table.Delete(Permission, Access.Administrator, "Keeps a user out of a virtual host", Delete);
        table.Get("/api/topic-permissions", Access.Administrator, "Who may use which routing keys",
            request => (ApiResponse)List(request.Context.Core.Access.TopicPermissions));
        table.Get(Topic, Access.Administrator, "Which routing keys a user may use in a virtual host", GetTopics);
        table.Put(Topic, Access.Administrator, "Limits a user's routing keys for an exchange: exchange, write, read", PutTopic);
        table.Delete(Topic, Access.Administrator, "Lifts all limits of a user's routing keys", request => DeleteTopics(request, null));
        table.Delete($"{Topic}/{{exchange}}", Access.Administrator, "Lifts the limit of a user's routing keys for an exchange",
            request => DeleteTopics(request, request["exchange"]));
    }

    public static ApiList List(IEnumerable<PermissionEntry> entries) => ApiList.Of(
        entries.OrderBy(entry => entry.VirtualHost, StringComparer.Ordinal).ThenBy(entry => entry.User, StringComparer.Ordinal),
        UserObject.Render, entry => entry.User);

    public static ApiList List(IEnumerable<TopicPermissionEntry> entries) => ApiList.Of(
        entries.OrderBy(entry => entry.VirtualHost, StringComparer.Ordinal).ThenBy(entry => entry.User, StringComparer.Ordinal)
            .ThenBy(entry => entry.Permission.Exchange, StringComparer.Ordinal),
        UserObject.Render, entry => entry.User);

    /// <exception cref="ApiException">400: there is no such user, or a pattern is none.</exception>
    public static async Task SetAsync(BrokerCore core, string user, string virtualHost, JsonBody body)
    {
        body.Require("configure", "write", "read");
        var permission = new Permission(body.Text("configure") ?? "", body.Text("write") ?? "", body.Text("read") ?? "");
        if (!await Checked(() => core.SetPermissionAsync(user, virtualHost, permission))) throw NotThere();
    }

    /// <inheritdoc cref="SetAsync"/>
    public static async Task SetTopicAsync(BrokerCore core, string user, string virtualHost, JsonBody body)
    {
        body.Require("exchange", "write", "read");
        var permission = new TopicPermission(body.Text("exchange") ?? "", body.Text("write") ?? "", body.Text("read") ?? "");
        if (!await Checked(() => core.SetTopicPermissionAsync(user, virtualHost, permission))) throw NotThere();
    }

    private static ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var (user, virtualHost) = (request["user"], request.VirtualHost.Name);
        return request.Context.Core.Access.TryGetPermission(user, virtualHost, out var permission)
            ? OverviewEndpoints.Answer(request, UserObject.Render(new PermissionEntry(user, virtualHost, permission)))
            : throw ApiException.NotFound();
    }

    private static async ValueTask<ApiResponse> Put(ApiRequest request)
    {
        var (core, user, virtualHost) = (request.Context.Core, request["user"], request["vhost"]);
        var body = await request.BodyAsync();
        if (!core.TryGetVirtualHost(virtualHost, out _)) throw NotThere();
        var isNew = !core.Access.TryGetPermission(user, virtualHost, out _);
        await SetAsync(core, user, virtualHost, body);
        return ApiResponse.CreatedOrUpdated(isNew);
    }

    private static async ValueTask<ApiResponse> Delete(ApiRequest request) =>
        ApiResponse.GoneOrNotFound(await request.Context.Core.ClearPermissionAsync(request["user"], request.VirtualHost.Name));

    private static ValueTask<ApiResponse> GetTopics(ApiRequest request)
    {
        var entries = TopicsOf(request);
        return entries.Length > 0 ? (ApiResponse)List(entries) : throw ApiException.NotFound();
    }

    private static async ValueTask<ApiResponse> PutTopic(ApiRequest request)
    {
        var (core, user, virtualHost) = (request.Context.Core, request["user"], request["vhost"]);
        var body = await request.BodyAsync();
        if (!core.TryGetVirtualHost(virtualHost, out _)) throw NotThere();
        var isNew = TopicsOf(request).All(entry => entry.Permission.Exchange != body.Text("exchange"));
        await SetTopicAsync(core, user, virtualHost, body);
        return ApiResponse.CreatedOrUpdated(isNew);
    }

    private static async ValueTask<ApiResponse> DeleteTopics(ApiRequest request, string? exchange) => ApiResponse.GoneOrNotFound(
        await request.Context.Core.ClearTopicPermissionsAsync(request["user"], request.VirtualHost.Name, exchange));

    private static TopicPermissionEntry[] TopicsOf(ApiRequest request)
    {
        var (user, virtualHost) = (request["user"], request["vhost"]);
        return [.. request.Context.Core.Access.TopicPermissions.Where(entry => entry.User == user && entry.VirtualHost == virtualHost)];
    }

    private static ApiException NotThere() => ApiException.BadRequest("vhost_or_user_not_found");

    private static async Task<bool> Checked(Func<Task<bool>> set)
    {
        try
        {
            return await set();
        }
        catch (ArgumentException error)
        {
            throw ApiException.BadRequest($"invalid_regexp: {error.Message}");
        }
    }
}
