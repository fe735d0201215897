using HareMQ.Broker.Access;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Endpoints;

internal static class VirtualHostEndpoints
{
    private const string Protection = "/api/vhosts/{vhost}/deletion/protection";

    public static void Add(EndpointTable table)
    {
        table.Get("/api/vhosts", Access.Management, "The virtual hosts that the user sees", List);
        table.Get("/api/vhosts/{vhost}", Access.VisibleVirtualHost, "A virtual host",
            request => OverviewEndpoints.Answer(
                request, new VirtualHostObject(request.Context, new View(request)).Render(request.VirtualHost)));
        table.Put("/api/vhosts/{vhost}", Access.Administrator,
            "Creates a virtual host, or changes its description, tags, default queue type and tracing", Put);
        table.Delete("/api/vhosts/{vhost}", Access.Administrator, "Deletes a virtual host with all that is in it", Delete);
        table.Post(Protection, Access.Administrator, "Protects a virtual host from deletion", request => Protect(request, true));
        table.Delete(Protection, Access.Administrator, "Lets a virtual host be deleted again", request => Protect(request, false));
        table.Get("/api/vhosts/{vhost}/permissions", Access.Administrator, "Who may do what in it", request => OfVirtualHost(request));
        table.Get("/api/vhosts/{vhost}/topic-permissions", Access.Administrator, "Who may use which routing keys in it",
            TopicsOfVirtualHost);
        table.Post("/api/vhosts/{vhost}/start/{node}", Access.Administrator, "Starts a virtual host: all are running", Start);
    }

    /// <summary>What a body says about a virtual host over what is known of it.</summary>
    public static VirtualHostMetadata ReadMetadata(JsonBody body, VirtualHostMetadata known)
    {
        var type = body.Text("default_queue_type") ?? known.DefaultQueueType;
        if (type is "" or "undefined") type = null;
        if (type is not (null or "classic" or "quorum")) throw ApiException.BadRequest($"Unsupported default queue type '{type}'");
        return new VirtualHostMetadata(
            body.Text("description") ?? known.Description,
            body.Words("tags") ?? known.Tags,
            type,
            body.Has("protected_from_deletion") ? body.Flag("protected_from_deletion") : known.ProtectedFromDeletion);
    }

    private static ValueTask<ApiResponse> List(ApiRequest request)
    {
        var render = new VirtualHostObject(request.Context, new View(request));
        return (ApiResponse)ApiList.Of(request.VisibleVirtualHosts, render.Render, virtualHost => virtualHost.Name);
    }

    private static async ValueTask<ApiResponse> Put(ApiRequest request)
    {
        var (core, name) = (request.Context.Core, request["vhost"]);
        var body = await request.BodyAsync();
        if (name.Length == 0) throw ApiException.BadRequest("a virtual host needs a name");
        var isNew = !core.TryGetVirtualHost(name, out _);
        // Before anything is made: a body that is no good makes nothing.
        if (isNew) ReadMetadata(body, VirtualHostMetadata.None);
        if (isNew)
        {
            await core.AddVirtualHostAsync(name);
            // Whoever makes it gets in.
            if (!request.IsLocalOperator) await core.SetPermissionAsync(request.User.Name, name, Permission.Everything);
        }

        await core.ChangeMetadataAsync(name, known => ReadMetadata(body, known));
        if (body.Has("tracing")) await core.SetTracingAsync(name, body.Flag("tracing"));
        return ApiResponse.CreatedOrUpdated(isNew);
    }

    private static async ValueTask<ApiResponse> Delete(ApiRequest request)
    {
        var (core, clients) = (request.Context.Core, request.Context.Clients);
        var name = request.VirtualHost.Name;
        try
        {
            if (await core.DeleteVirtualHostAsync(name) is null) throw ApiException.NotFound();
        }
        catch (VirtualHostProtectedException error)
        {
            throw new ApiException(412, "precondition_failed", error.Message);
        }

        foreach (var connection in clients.Connections.Where(connection => connection.VirtualHost == name))
            clients.Close(connection, $"vhost '{name}' is deleted");
        return ApiResponse.NoContent;
    }

    private static async ValueTask<ApiResponse> Protect(ApiRequest request, bool on)
    {
        var change = request.Context.Core.ChangeMetadataAsync(
            request["vhost"], known => known with { ProtectedFromDeletion = on });
        return ApiResponse.GoneOrNotFound(await change);
    }

    private static ValueTask<ApiResponse> OfVirtualHost(ApiRequest request)
    {
        var name = request.VirtualHost.Name;
        return (ApiResponse)PermissionEndpoints.List(request.Context.Core.Access.Permissions.Where(entry => entry.VirtualHost == name));
    }

    private static ValueTask<ApiResponse> TopicsOfVirtualHost(ApiRequest request)
    {
        var name = request.VirtualHost.Name;
        return (ApiResponse)PermissionEndpoints.List(
            request.Context.Core.Access.TopicPermissions.Where(entry => entry.VirtualHost == name));
    }

    private static ValueTask<ApiResponse> Start(ApiRequest request)
    {
        _ = request.VirtualHost;
        return request["node"] == request.Context.Options.NodeName ? ApiResponse.NoContent : throw ApiException.NotFound();
    }
}
