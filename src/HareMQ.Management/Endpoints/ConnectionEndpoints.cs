using HareMQ.Broker.Clients;
using HareMQ.Management.Http;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Endpoints;

/// <summary>Connections, channels and consumers.</summary>
internal static class ConnectionEndpoints
{
    private const string ReasonHeader = "X-Reason";
    private const string ReasonDefault = "Closed via management plugin";

    public static void Add(EndpointTable table)
    {
        table.Get("/api/connections", Access.Management, "Connections: one's own; for monitors all", request => List(request, _ => true));
        table.Get("/api/connections/username/{user}", Access.Management, "The connections of a user",
            request => List(request, connection => connection.User == request["user"]));
        table.Delete("/api/connections/username/{user}", Access.Management, "Closes the connections of a user; header X-Reason", CloseAll);
        table.Get("/api/connections/{name}", Access.Management, "A connection",
            request => OverviewEndpoints.Answer(request, new ConnectionObject(new View(request)).Render(Find(request))));
        table.Delete("/api/connections/{name}", Access.Management, "Closes a connection; header X-Reason", Close);
        table.Get("/api/connections/{name}/channels", Access.Management, "The channels of a connection", ChannelsOfConnection);
        table.Get("/api/connections/{name}/sessions", Access.Management, "The sessions of an AMQP 1.0 connection; there are none", Sessions);
        table.Get("/api/vhosts/{vhost}/connections", Access.VisibleVirtualHost, "The connections to a virtual host",
            request => List(request, InVirtualHost(request)));
        table.Get("/api/users/{user}/connections", Access.Management, "The connections of a user",
            request => List(request, connection => connection.User == request["user"]));
        table.Get("/api/channels", Access.Management, "Channels of the connections that the user sees",
            request => Channels(request, _ => true));
        table.Get("/api/channels/{name}", Access.Management, "A channel", Channel);
        table.Get("/api/vhosts/{vhost}/channels", Access.VisibleVirtualHost, "The channels in a virtual host", ChannelsInVirtualHost);
        table.Get("/api/consumers", Access.Management, "All consumers",
            request => Consumers(request, request.VisibleVirtualHosts.Select(one => one.Name)));
        table.Get("/api/consumers/{vhost}", Access.Management, "The consumers in a virtual host; for whom may not see it, none",
            request => Consumers(request, VisibleOnly(request.VirtualHost.Name, request)));
    }

    private static ValueTask<ApiResponse> List(ApiRequest request, Func<ConnectionSnapshot, bool> isWanted)
    {
        var view = new View(request);
        return (ApiResponse)ApiList.Of(view.Connections.Where(isWanted), new ConnectionObject(view).Render, connection => connection.Name);
    }

    private static ConnectionSnapshot Find(ApiRequest request)
    {
        var name = request["name"];
        var found = request.Context.Clients.Connections.FirstOrDefault(connection => connection.Name == name)
            ?? throw ApiException.NotFound();
        CheckMaySee(request, found);
        return found;
    }

    private static void CheckMaySee(ApiRequest request, ConnectionSnapshot connection)
    {
        if (!request.IsMonitor && connection.User != request.User.Name)
            throw ApiException.NotAuthorised("User not authorised to access object");
    }

    private static ValueTask<ApiResponse> Close(ApiRequest request)
    {
        var connection = Find(request);
        CheckMayClose(request, connection.User);
        return ApiResponse.GoneOrNotFound(request.Context.Clients.Close(connection, Reason(request)));
    }

    private static ValueTask<ApiResponse> CloseAll(ApiRequest request)
    {
        var user = request["user"];
        CheckMayClose(request, user);
        foreach (var connection in request.Context.Clients.Connections.Where(connection => connection.User == user))
            request.Context.Clients.Close(connection, Reason(request));
        return ApiResponse.NoContent;
    }

    private static void CheckMayClose(ApiRequest request, string owner)
    {
        if (!request.IsAdministrator && owner != request.User.Name)
            throw ApiException.NotAuthorised("User not authorised to access object");
    }

    private static string Reason(ApiRequest request) =>
        request.Http.Request.Headers[ReasonHeader].ToString() is { Length: > 0 } reason ? reason : ReasonDefault;

    private static Func<ConnectionSnapshot, bool> InVirtualHost(ApiRequest request)
    {
        var name = request.VirtualHost.Name;
        return connection => connection.VirtualHost == name;
    }

    private static ValueTask<ApiResponse> Channels(ApiRequest request, Func<ChannelOfConnection, bool> isWanted)
    {
        var view = new View(request);
        return (ApiResponse)ApiList.Of(view.Channels.Where(isWanted), new ChannelObject(view).Render, channel => channel.Name);
    }

    private static ValueTask<ApiResponse> ChannelsOfConnection(ApiRequest request)
    {
        var name = Find(request).Name;
        return Channels(request, channel => channel.Connection.Name == name);
    }

    private static ValueTask<ApiResponse> Sessions(ApiRequest request)
    {
        _ = Find(request);
        throw ApiException.BadRequest("connection does not use AMQP 1.0");
    }

    private static IEnumerable<string> VisibleOnly(string virtualHost, ApiRequest request) =>
        request.IsMonitor || request.MayAccess(virtualHost) ? [virtualHost] : [];

    private static ValueTask<ApiResponse> ChannelsInVirtualHost(ApiRequest request)
    {
        var isThere = InVirtualHost(request);
        return Channels(request, channel => isThere(channel.Connection));
    }

    private static ValueTask<ApiResponse> Channel(ApiRequest request)
    {
        var (view, name) = (new View(request), request["name"]);
        var found = view.AllChannels.FirstOrDefault(channel => channel.Name == name) ?? throw ApiException.NotFound();
        CheckMaySee(request, found.Connection);
        return OverviewEndpoints.Answer(request, new ChannelObject(view).RenderDetailed(found));
    }

    private static ValueTask<ApiResponse> Consumers(ApiRequest request, IEnumerable<string> virtualHosts)
    {
        var (view, wanted) = (new View(request), virtualHosts.ToHashSet(StringComparer.Ordinal));
        var consumers = view.Consumers.Where(found => wanted.Contains(found.Channel.Connection.VirtualHost));
        return (ApiResponse)ApiList.Of(consumers, found => ConsumerObject.Render(found, view.NodeName), found => found.Consumer.Tag);
    }
}
