using System.Text.Json.Nodes;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Statistics;

namespace HareMQ.Management.Objects;

internal sealed class VirtualHostObject(ManagementContext context, View view)
{
    /// <summary>Counted once for a whole list.</summary>
    private readonly Lazy<Dictionary<string, ClientCounts>> _clients = new(context.Sampler.CountClients);

    public JsonObject Render(VirtualHost virtualHost)
    {
        var json = Definition(virtualHost);
        json["tracing"] = virtualHost.Firehose is not null;
        json["protected_from_deletion"] = virtualHost.Metadata.ProtectedFromDeletion;
        json["cluster_state"] = new JsonObject { [view.NodeName] = "running" };
        if (view.DisableStats) return json;
        var values = Numbers.Of(virtualHost, _clients.Value.GetValueOrDefault(virtualHost.Name));
        view.Stats.AddLengths(json, Schema.VirtualHost, virtualHost.Messages, values);
        if (view.Stats.Messages(Schema.VirtualHost, virtualHost.Messages, values) is { } stats) json["message_stats"] = stats;
        view.Stats.AddPlain(json, Schema.VirtualHost, virtualHost.Messages, values, areData: true);
        return json;
    }

    /// <summary>What a definitions file says of it too.</summary>
    public static JsonObject Definition(VirtualHost virtualHost)
    {
        var metadata = virtualHost.Metadata;
        var json = new JsonObject
        {
            ["name"] = virtualHost.Name,
            ["description"] = metadata.Description,
            ["tags"] = Tags(metadata),
            ["default_queue_type"] = virtualHost.DefaultQueueType,
            ["metadata"] = new JsonObject
            {
                ["description"] = metadata.Description,
                ["tags"] = Tags(metadata),
                ["default_queue_type"] = virtualHost.DefaultQueueType,
            },
        };
        if (metadata.ProtectedFromDeletion) json["metadata"]!["protected_from_deletion"] = true;
        return json;
    }

    private static JsonArray Tags(VirtualHostMetadata metadata) => new([.. metadata.Tags.Select(tag => (JsonNode)tag)]);
}
