using System.Text.Json;
using System.Text.Json.Nodes;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Policies;
using HareMQ.Management.Definitions;
using HareMQ.Management.Http;

namespace HareMQ.Management.Endpoints;

/// <summary>Values that tools keep here: by component and virtual host, or for the whole broker.</summary>
internal static class ParameterEndpoints
{
    public static void Add(EndpointTable table)
    {
        const string One = "/api/parameters/{component}/{vhost}/{name}";
        const string Global = "/api/global-parameters/{name}";
        table.Get("/api/parameters", Access.PolicyMaker, "All parameters", request => List(request, _ => true));
        table.Get("/api/parameters/{component}", Access.PolicyMaker, "The parameters of a component",
            request => List(request, id => id.Component == request["component"]));
        table.Get("/api/parameters/{component}/{vhost}", Access.PolicyMaker, "The parameters of a component in a virtual host",
            InVirtualHost);
        table.Get(One, Access.PolicyMaker, "A parameter", Get);
        table.Put(One, Access.PolicyMaker, "Sets a parameter: value", Put);
        table.Delete(One, Access.PolicyMaker, "Clears a parameter",
            async request => ApiResponse.GoneOrNotFound(
                await ParameterCatalog.ClearAsync(request.Context.Core, request.VirtualHost, IdToChange(request))));
        table.Get("/api/global-parameters", Access.Administrator, "All global parameters", Globals);
        table.Get(Global, Access.Administrator, "A global parameter", GetGlobal);
        table.Put(Global, Access.Administrator, "Sets a global parameter: value", PutGlobal);
        table.Delete(Global, Access.Administrator, "Clears a global parameter",
            async request => ApiResponse.GoneOrNotFound(await request.Context.Core.ClearGlobalParameterAsync(request["name"])));
    }

    public static JsonObject Render(ParameterId id, JsonNode? value) => new()
    {
        ["component"] = id.Component,
        ["vhost"] = id.VirtualHost,
        ["name"] = id.Name,
        ["value"] = value,
    };

    public static JsonObject Render(string name, JsonElement value) => new() { ["name"] = name, ["value"] = ToNode(value) };

    private static JsonNode? ToNode(JsonElement value) => JsonNode.Parse(value.GetRawText());

    private static ParameterId Id(ApiRequest request) => new(request["component"], request.VirtualHost.Name, request["name"]);

    private static ParameterId IdToChange(ApiRequest request)
    {
        if (!request.IsAdministrator && ParameterCatalog.IsAdministrators(request["component"]))
            throw ApiException.NotAuthorised("Not administrator user");
        if (request["component"] == ParameterCatalog.OperatorPolicy) PolicyEndpoints.CheckMayChange(request, PolicyKind.Operator);
        return Id(request);
    }

    private static ValueTask<ApiResponse> List(ApiRequest request, Func<ParameterId, bool> isWanted)
    {
        var found = ParameterCatalog.List(request.Context.Core, [.. request.VisibleVirtualHosts]).Where(one => isWanted(one.Id));
        return (ApiResponse)ApiList.Of(found, one => Render(one.Id, one.Value), one => one.Id.Name);
    }

    private static ValueTask<ApiResponse> InVirtualHost(ApiRequest request)
    {
        var (component, virtualHost) = (request["component"], request.VirtualHost.Name);
        return List(request, id => id.Component == component && id.VirtualHost == virtualHost);
    }

    private static ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var id = Id(request);
        foreach (var (found, value) in ParameterCatalog.List(request.Context.Core, [request.VirtualHost]))
            if (found == id) return OverviewEndpoints.Answer(request, Render(id, value));
        throw ApiException.NotFound();
    }

    private static async ValueTask<ApiResponse> Put(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("value");
        return ApiResponse.CreatedOrUpdated(
            await ParameterCatalog.SetAsync(request.Context.Core, request.VirtualHost, IdToChange(request), body));
    }

    private static ValueTask<ApiResponse> Globals(ApiRequest request) => (ApiResponse)ApiList.Of(
        request.Context.Core.Parameters.Globals, one => Render(one.Key, one.Value), one => one.Key);

    private static ValueTask<ApiResponse> GetGlobal(ApiRequest request) =>
        request.Context.Core.Parameters.Globals.TryGetValue(request["name"], out var value)
            ? OverviewEndpoints.Answer(request, Render(request["name"], value))
            : throw ApiException.NotFound();

    private static async ValueTask<ApiResponse> PutGlobal(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("value");
        var value = JsonBody.ToElement(body["value"]);
        return ApiResponse.CreatedOrUpdated(await request.Context.Core.SetGlobalParameterAsync(request["name"], value));
    }
}
