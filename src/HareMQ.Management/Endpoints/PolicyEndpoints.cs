using System.Text.Json.Nodes;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Policies;
using HareMQ.Management.Http;

namespace HareMQ.Management.Endpoints;

/// <summary>Policies of users and of operators.</summary>
internal static class PolicyEndpoints
{
    public static void Add(EndpointTable table)
    {
        Add(table, "/api/policies", PolicyKind.User, Access.PolicyMaker, "policies");
        Add(table, "/api/operator-policies", PolicyKind.Operator, Access.Administrator, "operator policies");
    }

    public static JsonObject Render(Policy policy) => new()
    {
        ["vhost"] = policy.VirtualHost,
        ["name"] = policy.Name,
        ["pattern"] = policy.Pattern,
        ["apply-to"] = policy.ApplyTo.Name(),
        ["definition"] = RenderDefinition(policy.Definition),
        ["priority"] = policy.Priority,
    };

    public static JsonObject RenderDefinition(IReadOnlyDictionary<string, System.Text.Json.JsonElement> definition)
    {
        var json = new JsonObject();
        foreach (var (key, value) in definition) json[key] = JsonNode.Parse(value.GetRawText());
        return json;
    }

    /// <summary>The policy that a body describes.</summary>
    /// <exception cref="ApiException">400: something is missing.</exception>
    /// <exception cref="InvalidDefinitionException">The policy cannot be.</exception>
    public static Policy Read(PolicyKind kind, string virtualHost, string name, JsonBody body)
    {
        body.Require("pattern", "definition");
        var priority = body.Number("priority") ?? 0;
        if (priority is < int.MinValue or > int.MaxValue) throw ApiException.BadRequest("priority is out of range");
        var applyTo = PolicyTargets.Parse(body.Text("apply-to") ?? (kind == PolicyKind.User ? "all" : "queues"));
        var definition = PolicyDefinition.Parse(body.Object("definition").ToJsonString());
        return new Policy(kind, virtualHost, name, body.Text("pattern") ?? "", applyTo, (int)priority, definition);
    }

    private static void Add(EndpointTable table, string root, PolicyKind kind, Access access, string what)
    {
        var one = $"{root}/{{vhost}}/{{name}}";
        table.Get(root, Access.Management, $"All {what}",
            request => List(request.VisibleVirtualHosts.SelectMany(host => host.ListPolicies(kind))));
        table.Get($"{root}/{{vhost}}", Access.VisibleVirtualHost, $"The {what} of a virtual host",
            request => List(request.VirtualHost.ListPolicies(kind)));
        table.Get(one, access, $"One of the {what}", request => OverviewEndpoints.Answer(
            request, Render(Find(request, kind) ?? throw ApiException.NotFound())));
        table.Put(one, access, $"Sets one of the {what}: pattern, definition, priority, apply-to", request => Put(request, kind));
        table.Delete(one, access, $"Deletes one of the {what}", async request =>
        {
            CheckMayChange(request, kind);
            return ApiResponse.GoneOrNotFound(
                await request.Context.Core.DeletePolicyAsync(kind, request.VirtualHost.Name, request["name"]));
        });
    }

    /// <summary>
    /// What the configuration closes over HTTP stays open to whoever may open the control socket, as RabbitMQ's does to its command line.
    /// </summary>
    /// <exception cref="ApiException">405.</exception>
    public static void CheckMayChange(ApiRequest request, PolicyKind kind)
    {
        if (kind == PolicyKind.Operator && request.Context.Options.OperatorPoliciesAreFixed && !request.IsLocalOperator)
            throw new ApiException(405, "method_not_allowed", "operators' policies cannot be changed over HTTP: the configuration says so");
    }

    private static ValueTask<ApiResponse> List(IEnumerable<Policy> policies) =>
        (ApiResponse)ApiList.Of(policies, Render, policy => policy.Name);

    private static Policy? Find(ApiRequest request, PolicyKind kind) =>
        request.VirtualHost.ListPolicies(kind).FirstOrDefault(policy => policy.Name == request["name"]);

    private static async ValueTask<ApiResponse> Put(ApiRequest request, PolicyKind kind)
    {
        CheckMayChange(request, kind);
        var policy = Read(kind, request.VirtualHost.Name, request["name"], await request.BodyAsync());
        var isNew = Find(request, kind) is null;
        if (!await request.Context.Core.PutPolicyAsync(policy)) throw ApiException.NotFound();
        return ApiResponse.CreatedOrUpdated(isNew);
    }
}
