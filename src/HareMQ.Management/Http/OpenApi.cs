using System.Text.Json.Nodes;

namespace HareMQ.Management.Http;

/// <summary>The description of the API, made from the table of endpoints itself: what is not described does not exist.</summary>
internal static class OpenApi
{
    public static void Add(EndpointTable table, string version) => table.Get(
        "/api/openapi.json", Access.Anybody, "This description", _ => (ApiResponse)Describe(table, version));

    private static JsonObject Describe(EndpointTable table, string version)
    {
        var paths = new JsonObject();
        foreach (var endpoint in table.All)
        {
            if (paths[endpoint.Path] is not JsonObject path) paths[endpoint.Path] = path = new JsonObject();
            path[endpoint.Method.ToLowerInvariant()] = Describe(endpoint);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "HareMQ management API", ["version"] = version },
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["basic"] = new JsonObject { ["type"] = "http", ["scheme"] = "basic" } },
            },
            ["paths"] = paths,
        };
    }

    private static JsonObject Describe(Endpoint endpoint)
    {
        var responses = new JsonObject { [Success(endpoint.Method)] = Response("done") };
        if (endpoint.Access != Access.Anybody) responses["401"] = Response($"for everybody but: {endpoint.Access}");
        if (endpoint.Parameters.Any()) responses["404"] = Response("no such object");
        var operation = new JsonObject
        {
            ["summary"] = endpoint.Summary,
            ["x-access"] = endpoint.Access.ToString(),
            ["security"] = endpoint.Access == Access.Anybody
                ? new JsonArray()
                : new JsonArray(new JsonObject { ["basic"] = new JsonArray() }),
            ["parameters"] = new JsonArray([.. endpoint.Parameters.Select(name => (JsonNode)new JsonObject
            {
                ["name"] = name,
                ["in"] = "path",
                ["required"] = true,
                ["schema"] = new JsonObject { ["type"] = "string" },
            })]),
            ["responses"] = responses,
        };
        if (endpoint.Method is "PUT" or "POST")
        {
            var json = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } };
            operation["requestBody"] = new JsonObject { ["content"] = new JsonObject { ["application/json"] = json } };
        }

        return operation;
    }

    private static string Success(string method) => method == "GET" ? "200" : "2XX";

    private static JsonObject Response(string description) => new() { ["description"] = description };
}
