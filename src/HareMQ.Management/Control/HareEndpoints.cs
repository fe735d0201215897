using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HareMQ.Broker.Alarms;
using HareMQ.Broker.Clients;
using HareMQ.Management.Http;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Control;

/// <summary>What operators need that RabbitMQ's API does not have. Below a path of our own: no version of it can clash.</summary>
internal static class HareEndpoints
{
    public const string NodePath = "/api/haremq/node";

    public static void Add(EndpointTable table)
    {
        table.Get(NodePath, Access.Management, "The process around the broker", request => (ApiResponse)Describe(Node(request)));
        table.Get("/api/haremq/status", Access.Monitoring, "What harectl status shows",
            request => (ApiResponse)new StatusObject(request).Render());
        table.Get("/api/haremq/environment", Access.Administrator, "The configuration in effect, secrets masked", Environment);
        table.Put("/api/haremq/log-level", Access.Administrator, "Changes what is logged until the process ends: level", SetLogLevel);
        table.Put("/api/haremq/memory-watermark", Access.Administrator,
            "Changes the memory limit until the broker stops: relative, or absolute in bytes", SetMemoryWatermark);
        table.Put("/api/haremq/disk-free-limit", Access.Administrator,
            "Changes the disk limit until the broker stops: absolute in bytes, or relative to the memory", SetDiskFreeLimit);
        table.Post("/api/haremq/authenticate", Access.Administrator, "Tries a login: username, password", Authenticate);
        Maintenance(table, "suspend_listeners", "Takes no more AMQP clients; those who are here stay",
            clients => clients.SuspendListenersAsync());
        Maintenance(table, "resume_listeners", "Takes AMQP clients again", clients => clients.ResumeListenersAsync());
        Maintenance(table, "drain", "Maintenance mode: takes no more AMQP clients and closes those who are here",
            clients => clients.DrainAsync());
        Maintenance(table, "revive", "Ends the maintenance mode", clients => clients.ReviveAsync());
        table.Post("/api/haremq/gc", Access.Administrator, "Collects garbage and gives memory back", CollectGarbage);
        table.Get("/api/haremq/certificates", Access.Monitoring, "The certificates of listeners with TLS",
            request => (ApiResponse)new JsonArray([.. request.Context.Listeners.Where(listener => listener.Certificate is not null)
                .Select(listener => CertificateObject.Render(request.Context, listener))]));
        table.Get("/api/haremq/plugins", Access.Management, "RabbitMQ's plugins whose features this broker has",
            request => (ApiResponse)new JsonArray([.. BuiltInPlugins.All.Select(plugin => plugin.Render(request.Context))]));
    }

    public static JsonObject Describe(INodeControl node) => new()
    {
        ["name"] = node.NodeName,
        ["state"] = node.State switch
        {
            NodeState.Starting => "starting",
            NodeState.Running => "running",
            NodeState.Stopping => "stopping",
            _ => "stopped",
        },
        ["os_pid"] = System.Environment.ProcessId,
        ["product_version"] = node.ProductVersion,
    };

    /// <exception cref="ApiException">404: the broker is part of an application, which is in charge of it.</exception>
    private static INodeControl Node(ApiRequest request) =>
        request.Context.Node ?? throw new ApiException(404, "embedded", "this broker runs inside an application, which is in charge of it");

    private static ValueTask<ApiResponse> Environment(ApiRequest request) => (ApiResponse)new JsonArray(
        [.. Node(request).Settings.Select(setting => (JsonNode)new JsonObject
        {
            ["key"] = setting.Key,
            ["value"] = setting.Value,
            ["source"] = setting.Source,
        })]);

    private static async ValueTask<ApiResponse> SetLogLevel(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("level");
        var level = body.Text("level") ?? "";
        return Node(request).TrySetLogLevel(level)
            ? ApiResponse.NoContent
            : throw ApiException.BadRequest(
                $"level {level} is not supported. Try one of debug, info, warning, error, critical, none");
    }

    private static async ValueTask<ApiResponse> SetMemoryWatermark(ApiRequest request)
    {
        var limit = ReadLimit(await request.BodyAsync(), shareMax: 1);
        request.Context.Core.Resources.SetMemoryWatermark(limit);
        return ApiResponse.NoContent;
    }

    private static async ValueTask<ApiResponse> SetDiskFreeLimit(ApiRequest request)
    {
        var limit = ReadLimit(await request.BodyAsync(), shareMax: 1000);
        request.Context.Core.Resources.SetDiskFreeLimit(limit);
        return ApiResponse.NoContent;
    }

    private static ResourceLimit ReadLimit(JsonBody body, double shareMax)
    {
        if (body.Has("absolute"))
        {
            return body.Number("absolute") is >= 0 and { } bytes
                ? ResourceLimit.Of(bytes)
                : throw ApiException.BadRequest("absolute is not a number of bytes");
        }

        return body["relative"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.GetValue<double>() is { } share
            && share >= 0 && share <= shareMax
            ? ResourceLimit.OfMemory(share)
            : throw ApiException.BadRequest($"relative is not a number from 0 to {shareMax}");
    }

    private static async ValueTask<ApiResponse> Authenticate(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("username", "password");
        var result = await request.Context.Core.Authenticator.AuthenticateAsync(
            body.Text("username") ?? "", Encoding.UTF8.GetBytes(body.Text("password") ?? ""), loopbackPeer: true);
        return new JsonObject { ["authenticated"] = result.Succeeded };
    }

    private static void Maintenance(EndpointTable table, string action, string summary, Func<IConnectionDirectory, Task> change) =>
        table.Post($"/api/haremq/maintenance/{action}", Access.Administrator, summary, async request =>
        {
            try
            {
                await change(request.Context.Clients);
                return ApiResponse.NoContent;
            }
            catch (SocketException error)
            {
                throw new ApiException(409, "listeners", $"the listeners cannot be opened again: {error.Message}");
            }
        });

    private static ValueTask<ApiResponse> CollectGarbage(ApiRequest request)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return ApiResponse.NoContent;
    }
}
