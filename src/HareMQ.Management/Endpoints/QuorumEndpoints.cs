using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;

namespace HareMQ.Management.Endpoints;

/// <summary>The replicas of quorum queues: of each there is one, on the one node there is.</summary>
internal static class QuorumEndpoints
{
    private const string Leaders = $"{HealthEndpoints.Checks}/quorum-queues-without-elected-leaders";
    private const string Replicas = "/api/queues/quorum/{vhost}/{queue}/replicas";
    private const string ReplicasOnNode = "/api/queues/quorum/replicas/on/{node}";

    public static void Add(EndpointTable table)
    {
        AddCheck(table, $"{Leaders}/all-vhosts", Access.Management, request => request.VisibleVirtualHosts);
        AddCheck(table, $"{Leaders}/vhost/{{vhost}}", Access.VisibleVirtualHost, request => [request.VirtualHost]);
        table.Post($"{Replicas}/add", Access.Administrator, "Adds a replica; there is no node for it", NoOtherNode);
        table.Delete($"{Replicas}/delete", Access.Administrator, "Removes a replica; the only one stays", NoOtherNode);
        table.Post($"{ReplicasOnNode}/grow", Access.Administrator, "Adds replicas on a node; all are there", NoOtherNode);
        table.Delete($"{ReplicasOnNode}/shrink", Access.Administrator, "Removes the replicas on a node; the only ones stay", NoOtherNode);
    }

    private static void AddCheck(EndpointTable table, string path, Access access, Func<ApiRequest, IEnumerable<VirtualHost>> select)
    {
        table.Get(path, access, "Every quorum queue can be used", request => LeadersElected(select(request), isWanted: null));
        table.Get($"{path}/pattern/{{pattern}}", access, "Every quorum queue with such a name can be used",
            request => LeadersElected(select(request), Matching(request["pattern"])));
    }

    /// <summary>The one replica of a queue leads, unless it has failed.</summary>
    private static ValueTask<ApiResponse> LeadersElected(IEnumerable<VirtualHost> virtualHosts, Regex? isWanted)
    {
        var queues = virtualHosts.SelectMany(virtualHost => virtualHost.Queues)
            .Where(queue => queue.Settings.Type == QueueType.Quorum && queue.State == QueueState.Failed);
        JsonNode[] failed = [.. queues.Where(queue => isWanted?.IsMatch(queue.Name) ?? true).Select(Render)];
        return failed.Length == 0
            ? HealthEndpoints.Ok()
            : HealthEndpoints.Failed("Detected quorum queues without an elected leader", ("queues", new JsonArray(failed)));
    }

    private static JsonObject Render(MessageQueue queue) => new()
    {
        ["name"] = queue.Name,
        ["virtual_host"] = queue.VirtualHost,
        ["type"] = "quorum",
        ["readable_name"] = $"queue '{queue.Name}' in vhost '{queue.VirtualHost}'",
    };

    /// <summary>Without backtracking: the pattern is the request's, and must not keep the broker busy.</summary>
    /// <exception cref="ApiException">400.</exception>
    private static Regex Matching(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw ApiException.BadRequest($"'{pattern}' is not a regular expression: {error.Message}");
        }
    }

    /// <summary>As RabbitMQ answers where such changes are switched off.</summary>
    private static ValueTask<ApiResponse> NoOtherNode(ApiRequest request) =>
        throw new ApiException(405, "method_not_allowed", "this broker is one node: a quorum queue has one replica");
}
