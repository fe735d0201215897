using System.Text.Json.Nodes;
using HareMQ.Broker.Access;
using HareMQ.Management.Http;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Endpoints;

/// <summary>The broker as a whole and this node of it.</summary>
internal static class OverviewEndpoints
{
    private static readonly (string Name, string Description)[] s_featureFlags =
    [
        ("classic_mirrored_queue_version", "Support setting version for classic mirrored queues"),
        ("drop_unroutable_metric", "Count unroutable publishes to be dropped in stats"),
        ("empty_basic_get_metric", "Count AMQP `basic.get` on empty queues in stats"),
        ("implicit_default_bindings", "Default bindings are now implicit, instead of being stored in the database"),
        ("quorum_queue", "Support queues of type `quorum`"),
        ("user_limits", "Configure connection and channel limits for a user"),
        ("virtual_host_metadata", "Virtual host metadata (description, tags, etc)"),
    ];

    public static void Add(EndpointTable table)
    {
        table.Get("/api/overview", Access.Management, "Totals and rates of the whole broker",
            request => Answer(request, new OverviewObject(request).Render()));
        table.Get("/api/whoami", Access.Management, "Who is asking", WhoAmI);
        table.Get("/api/auth", Access.Anybody, "How users log in", _ => (ApiResponse)new JsonObject { ["oauth_enabled"] = false });
        table.Get("/api/auth/hash_password/{password}", Access.Administrator, "The hash of a password, for PUT of a user", HashPassword);
        table.Get("/api/version", Access.Management, "The version of the API", _ => (ApiResponse)(JsonNode)ManagementOptions.ApiVersion);
        table.Get("/api/cluster-name", Access.Management, "The cluster's name",
            request => (ApiResponse)new JsonObject { ["name"] = request.Context.ClusterName });
        table.Put("/api/cluster-name", Access.Administrator, "Changes the cluster's name", SetClusterName);
        table.Get("/api/nodes", Access.Monitoring, "All nodes: this one",
            request => (ApiResponse)ApiList.Of(
                [request.Context], context => new NodeObject(context).Render(), context => context.Options.NodeName));
        table.Get("/api/nodes/{node}", Access.Monitoring, "This node",
            request => OfNode(request, () => new NodeObject(request.Context).Render()));
        table.Get("/api/nodes/{node}/memory", Access.Monitoring, "Where this node's memory is",
            request => OfNode(request, NodeObject.Memory));
        table.Get("/api/nodes/{node}/memory/relative", Access.Monitoring, "Where this node's memory is, in percent",
            request => OfNode(request, NodeObject.RelativeMemory));
        table.Get("/api/extensions", Access.Management, "Scripts of the web console",
            _ => (ApiResponse)new JsonArray(new JsonObject { ["javascript"] = "dispatcher.js" }));
        table.Get("/api/feature-flags", Access.Management, "What this broker can do that old ones could not", FeatureFlags);
        table.Put("/api/feature-flags/{name}/enable", Access.Administrator, "Enables a feature flag; all are", EnableFeatureFlag);
        table.Get("/api/deprecated-features", Access.Management, "Features that will go", _ => (ApiResponse)new JsonArray());
        table.Get("/api/deprecated-features/used", Access.Management, "Those of them that are used", _ => (ApiResponse)new JsonArray());
        table.Delete("/api/reset", Access.Administrator, "Starts the statistics anew", Reset);
        table.Delete("/api/reset/{node}", Access.Administrator, "Starts the statistics of this node anew", Reset);
        table.Post("/api/rebalance/queues", Access.Administrator, "Spreads queue leaders over the nodes: on one node they are",
            _ => ApiResponse.Accepted);
    }

    /// <summary>A single object, with the columns that the query asks for.</summary>
    public static ApiResponse Answer(ApiRequest request, JsonObject body) => new ListQuery(request).Columns(body);

    private static ValueTask<ApiResponse> WhoAmI(ApiRequest request) => (ApiResponse)new JsonObject
    {
        ["name"] = request.User.Name,
        ["tags"] = UserObject.Tags(request.User),
        ["is_internal_user"] = true,
    };

    private static ValueTask<ApiResponse> HashPassword(ApiRequest request) => (ApiResponse)new JsonObject
    {
        ["ok"] = PasswordHash.Create(System.Text.Encoding.UTF8.GetBytes(request["password"])).Encoded,
    };

    private static async ValueTask<ApiResponse> SetClusterName(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("name");
        await request.Context.Core.SetGlobalParameterAsync(ManagementContext.ClusterNameParameter, JsonBody.ToElement(body.Text("name")));
        return ApiResponse.NoContent;
    }

    private static ValueTask<ApiResponse> OfNode(ApiRequest request, Func<JsonObject> render) =>
        request["node"] == request.Context.Options.NodeName ? Answer(request, render()) : throw ApiException.NotFound();

    private static ValueTask<ApiResponse> FeatureFlags(ApiRequest request) => (ApiResponse)ApiList.Of(
        s_featureFlags,
        flag => new JsonObject
        {
            ["name"] = flag.Name,
            ["desc"] = flag.Description,
            ["doc_url"] = "",
            ["state"] = "enabled",
            ["stability"] = "stable",
            ["provided_by"] = "rabbit",
        },
        flag => flag.Name);

    private static ValueTask<ApiResponse> EnableFeatureFlag(ApiRequest request) =>
        s_featureFlags.Any(flag => flag.Name == request["name"])
            ? ApiResponse.NoContent
            : throw ApiException.BadRequest("unsupported");

    private static ValueTask<ApiResponse> Reset(ApiRequest request)
    {
        request.Context.Sampler.Forget();
        return ApiResponse.NoContent;
    }
}
