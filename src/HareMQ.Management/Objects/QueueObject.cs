using System.Text.Json.Nodes;
using HareMQ.Broker.Clients;
using HareMQ.Broker.Queues;
using HareMQ.Management.Endpoints;
using HareMQ.Management.Json;
using HareMQ.Management.Statistics;

namespace HareMQ.Management.Objects;

/// <summary>
/// A queue as the API shows it. Every message is on disk and none is held in memory, which is what the counters of both say.
/// </summary>
internal sealed class QueueObject(View view)
{
    public JsonObject Render(MessageQueue queue)
    {
        var json = Definition(queue);
        json["exclusive"] = queue.Declaration.Exclusive;
        json["node"] = view.NodeName;
        json["type"] = TypeName(queue);
        AddState(json, queue);
        if (!view.DisableStats)
        {
            AddDetails(json, queue);
            AddNumbers(json, queue);
        }
        else if (view.EnableQueueTotals)
        {
            AddTotals(json, queue);
        }

        return json;
    }

    /// <summary>With what only the page of a single queue shows.</summary>
    public JsonObject RenderDetailed(MessageQueue queue)
    {
        var json = Render(queue);
        if (view.DisableStats) return json;
        json["consumer_details"] = new JsonArray(
            [.. view.Consumers.Where(found => ReferenceEquals(found.Consumer.Queue, queue))
                .Select(found => ConsumerObject.Render(found, view.NodeName))]);
        json["deliveries"] = new JsonArray();
        json["incoming"] = new JsonArray();
        return json;
    }

    /// <summary>What a definitions file says of it too.</summary>
    public static JsonObject Definition(MessageQueue queue) => new()
    {
        ["name"] = queue.Name,
        ["vhost"] = queue.VirtualHost,
        ["durable"] = queue.Durable,
        ["auto_delete"] = queue.Declaration.AutoDelete,
        ["arguments"] = FieldTableJson.ToJson(queue.Declaration.Arguments),
    };

    public static string TypeName(MessageQueue queue) => queue.Settings.Type == QueueType.Quorum ? "quorum" : "classic";

    private void AddState(JsonObject json, MessageQueue queue)
    {
        json["state"] = queue.State switch
        {
            QueueState.Running => "running",
            QueueState.Failed => "crashed",
            _ => "stopped",
        };
        json["policy"] = queue.Policy.User?.Name;
        if (queue.Settings.Type != QueueType.Quorum) return;
        json["leader"] = view.NodeName;
        json["members"] = new JsonArray(view.NodeName);
        json["online"] = new JsonArray(view.NodeName);
    }

    private void AddDetails(JsonObject json, MessageQueue queue)
    {
        json["operator_policy"] = queue.Policy.Operator?.Name;
        json["effective_policy_definition"] = PolicyEndpoints.RenderDefinition(queue.Policy.Definition);
        var sole = queue.SoleConsumer;
        json["exclusive_consumer_tag"] = sole is { Exclusive: true } ? sole.Tag : null;
        json["single_active_consumer_tag"] = sole is { Exclusive: false } ? sole.Tag : null;
        if (queue.Declaration.Owner is { } owner && view.OwnerOf(owner) is { } connection) json["owner_pid_details"] = Owner(connection);
        if (queue.Settings.Type == QueueType.Quorum)
        {
            json["delivery_limit"] = queue.Settings.DeliveryLimit is { } limit ? limit : "unlimited";
            json["messages_dlx"] = queue.DeadCount;
        }

        if (view.IdleSince(queue.Messages) is { } since) json["idle_since"] = since;
    }

    private void AddNumbers(JsonObject json, MessageQueue queue)
    {
        AddLengths(json, queue);
        if (view.Stats.Messages(Schema.Queue, queue.Messages, Numbers.Of(queue)) is { } stats) json["message_stats"] = stats;
        var (ready, unacknowledged) = (queue.ReadyCount, queue.UnsettledCount);
        var (readyBytes, unacknowledgedBytes) = (queue.ReadyBodyBytes, queue.UnsettledBodyBytes);
        json["messages_persistent"] = queue.Durable ? ready + unacknowledged : 0;
        json["messages_ram"] = 0;
        json["messages_ready_ram"] = 0;
        json["messages_unacknowledged_ram"] = 0;
        json["messages_paged_out"] = ready + unacknowledged;
        json["message_bytes"] = readyBytes + unacknowledgedBytes;
        json["message_bytes_ready"] = readyBytes;
        json["message_bytes_unacknowledged"] = unacknowledgedBytes;
        json["message_bytes_persistent"] = queue.Durable ? readyBytes + unacknowledgedBytes : 0;
        json["message_bytes_ram"] = 0;
        json["message_bytes_paged_out"] = readyBytes + unacknowledgedBytes;
        json["consumers"] = queue.ConsumerCount;
        // Whoever could have taken a message has taken it: what is ready waits for consumers alone.
        json["consumer_capacity"] = queue.ConsumerCount > 0 && ready == 0 ? 1.0 : 0.0;
        json["consumer_utilisation"] = queue.ConsumerCount > 0 && ready == 0 ? 1.0 : 0.0;
        json["head_message_timestamp"] = null;
        json["memory"] = 0;
    }

    private void AddLengths(JsonObject json, MessageQueue queue) =>
        view.Stats.AddLengths(json, Schema.Queue, queue.Messages, Numbers.Of(queue));

    /// <summary>Without rates, for who wants no statistics.</summary>
    private static void AddTotals(JsonObject json, MessageQueue queue)
    {
        var (ready, unacknowledged) = (queue.ReadyCount, queue.UnsettledCount);
        json["messages"] = ready + unacknowledged;
        json["messages_ready"] = ready;
        json["messages_unacknowledged"] = unacknowledged;
    }

    private JsonObject Owner(ConnectionSnapshot connection) => new()
    {
        ["pid"] = view.PidOf(connection),
        ["name"] = connection.Name,
        ["peer_host"] = connection.PeerHost,
        ["peer_port"] = connection.Peer.Port,
    };
}
