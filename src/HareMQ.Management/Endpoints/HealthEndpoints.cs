using System.Globalization;
using System.Text.Json.Nodes;
using HareMQ.Broker.Alarms;
using HareMQ.Management.Http;
using HareMQ.Management.Messages;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Endpoints;

/// <summary>Whether the broker is well: RabbitMQ's checks, and two without login for whoever runs containers.</summary>
internal static class HealthEndpoints
{
    public const string Checks = "/api/health/checks";
    private const string ConnectionLimitReached = "node connection limit is reached";

    /// <summary>Years, at most: no certificate lives that long.</summary>
    private const int PeriodMax = 1000;

    public static void Add(EndpointTable table)
    {
        table.Get("/health/live", Access.Anybody, "The process answers", _ => Ok());
        table.Get("/health/ready", Access.Anybody, "Clients can connect", ReadyToServe);
        table.Get("/api/aliveness-test/{vhost}", Access.VirtualHost, "Publishes and fetches a message", Aliveness);
        table.Get("/api/healthchecks/node", Access.Management, "Always well; kept for old tools", _ => Ok());
        table.Get("/api/healthchecks/node/{node}", Access.Management, "Always well; kept for old tools", _ => Ok());
        table.Get($"{Checks}/alarms", Access.Management, "No alarm is in effect",
            request => Alarms(request, "There are alarms in effect in the cluster"));
        table.Get($"{Checks}/local-alarms", Access.Management, "No alarm is in effect on this node",
            request => Alarms(request, "There are alarms in effect on the node"));
        table.Get($"{Checks}/certificate-expiration/{{within}}/{{unit}}", Access.Management, "No certificate expires soon",
            CertificateExpiration);
        table.Get($"{Checks}/port-listener/{{port}}", Access.Management, "Something listens on the port", PortListener);
        table.Get($"{Checks}/protocol-listener/{{protocols}}", Access.Management, "Something listens for the protocol", ProtocolListener);
        table.Get($"{Checks}/virtual-hosts", Access.Management, "All virtual hosts are up", _ => Ok());
        foreach (var name in (string[])["node-is-quorum-critical", "node-is-mirror-sync-critical"])
            table.Get($"{Checks}/{name}", Access.Management, "Nothing stops with this node alone",
                _ => Ok(("reason", "single node cluster")));
        table.Get($"{Checks}/below-node-connection-limit", Access.Management, "One connection more is let in", BelowConnectionLimit);
        table.Get($"{Checks}/reached-target-cluster-size", Access.Management, "All nodes are there: the one there is", _ => Ok());
        table.Get($"{Checks}/is-in-service", Access.Management, "The node serves clients: it is not in maintenance mode", InService);
        table.Get($"{Checks}/ready-to-serve-clients", Access.Management, "Clients can connect", ReadyToServe);
        table.Get($"{Checks}/metadata-store/initialized", Access.Management, "Definitions are loaded", _ => Ok());
        table.Get($"{Checks}/metadata-store/initialized/with-data", Access.Management, "Definitions are loaded", _ => Ok());
    }

    public static ApiResponse Ok(params ReadOnlySpan<(string Name, JsonNode Value)> more)
    {
        var body = new JsonObject { ["status"] = "ok" };
        foreach (var (name, value) in more) body[name] = value;
        return body;
    }

    public static ApiResponse Failed(string reason, params ReadOnlySpan<(string Name, JsonNode Value)> more)
    {
        var body = new JsonObject { ["status"] = "failed", ["reason"] = reason };
        foreach (var (name, value) in more) body[name] = value;
        return new ApiResponse { Status = 503, Body = body };
    }

    private static ValueTask<ApiResponse> Alarms(ApiRequest request, string reason)
    {
        var alarms = request.Context.Core.Alarms.Current;
        if (alarms == ResourceAlarm.None) return Ok();
        var list = new JsonArray();
        foreach (var (alarm, resource) in ((ResourceAlarm, string)[])[(ResourceAlarm.Memory, "memory"), (ResourceAlarm.Disk, "disk space")])
        {
            if (alarms.HasFlag(alarm))
                list.Add((JsonNode)new JsonObject { ["node"] = request.Context.Options.NodeName, ["resource"] = resource });
        }

        return Failed(reason, ("alarms", list));
    }

    private static async ValueTask<ApiResponse> Aliveness(ApiRequest request)
    {
        await AlivenessTest.RunAsync(request);
        return Ok();
    }

    private static ValueTask<ApiResponse> InService(ApiRequest request) =>
        request.Context.Clients.IsDrained ? Failed("this rabbit node is not currently available to serve") : Ok();

    private static ValueTask<ApiResponse> ReadyToServe(ApiRequest request)
    {
        if (request.Context.Clients.IsDrained) return Failed("the rabbit node is not currently available to serve");
        if (!request.Context.Clients.Listeners.Any(listener => listener.Protocol is "amqp" or "amqp/ssl"))
            return Failed("no active listeners for AMQP/AMQPS");
        return IsBelowConnectionLimit(request) ? Ok() : Failed(ConnectionLimitReached);
    }

    private static ValueTask<ApiResponse> BelowConnectionLimit(ApiRequest request)
    {
        var clients = request.Context.Clients;
        JsonNode limit = clients.ConnectionsMax is { } max ? max : "infinity";
        return IsBelowConnectionLimit(request)
            ? Ok(("limit", limit), ("connections", clients.ConnectionCount))
            : Failed(ConnectionLimitReached, ("limit", limit), ("connections", clients.ConnectionCount));
    }

    private static bool IsBelowConnectionLimit(ApiRequest request) =>
        request.Context.Clients is var clients && (clients.ConnectionsMax is not { } max || clients.ConnectionCount < max);

    private static ValueTask<ApiResponse> CertificateExpiration(ApiRequest request)
    {
        if (!int.TryParse(request["within"], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > PeriodMax)
            throw ApiException.BadRequest("Invalid expiration period");
        var now = request.Context.Time.GetUtcNow();
        var limit = request["unit"] switch
        {
            "days" => now.AddDays(count),
            "weeks" => now.AddDays(7d * count),
            "months" => now.AddMonths(count),
            "years" => now.AddYears(count),
            _ => throw ApiException.BadRequest("Time unit not recognised. Use: days, weeks, months, years."),
        };
        JsonNode[] expiring =
        [
            .. request.Context.Listeners.Where(listener => listener.Certificate?.NotAfter.ToUniversalTime() < limit.UtcDateTime)
                .Select(listener => CertificateObject.Render(request.Context, listener)),
        ];
        return expiring.Length == 0 ? Ok() : Failed("Certificates expiring", ("expired", new JsonArray(expiring)));
    }

    private static ValueTask<ApiResponse> PortListener(ApiRequest request)
    {
        if (!int.TryParse(request["port"], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw ApiException.BadRequest("Invalid port");
        int[] ports = [.. request.Context.Listeners.Select(listener => listener.Port).Distinct()];
        return ports.Contains(port)
            ? Ok(("port", port))
            : Failed("No active listener", ("missing", port), ("ports", new JsonArray([.. ports.Select(open => (JsonNode)open)])));
    }

    private static ValueTask<ApiResponse> ProtocolListener(ApiRequest request)
    {
        string[] open = [.. request.Context.Listeners.Select(listener => listener.Protocol).Distinct()];
        string[] wanted = request["protocols"].Split(',');
        string[] missing = [.. wanted.Where(protocol => !open.Contains(Listener(protocol)))];
        if (missing.Length > 0)
            return Failed("No active listener", ("missing", string.Join(',', missing)), ("protocols", Words(open)));
        return wanted is [var single] ? Ok(("protocol", single)) : Ok(("protocols", Words(wanted)));
    }

    private static string Listener(string protocol) => protocol switch
    {
        "amqp091" or "amqp0.9.1" => "amqp",
        "amqps" or "amqp/tls" => "amqp/ssl",
        var other => other,
    };

    private static JsonArray Words(string[] words) => new([.. words.Select(word => (JsonNode)word)]);
}
