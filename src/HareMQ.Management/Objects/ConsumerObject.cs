using System.Text.Json.Nodes;
using HareMQ.Management.Json;

namespace HareMQ.Management.Objects;

internal static class ConsumerObject
{
    /// <param name="found">Its queue is set.</param>
    /// <param name="node">The name of this broker.</param>
    public static JsonObject Render(ConsumerOfChannel found, string node)
    {
        var ((connection, channel), consumer) = (found.Channel, found.Consumer);
        var queue = consumer.Queue!;
        var isActive = queue.SoleConsumer is not { } sole || ReferenceEquals(sole, consumer);
        return new JsonObject
        {
            ["queue"] = new JsonObject { ["name"] = queue.Name, ["vhost"] = queue.VirtualHost },
            ["consumer_tag"] = consumer.Tag,
            ["ack_required"] = !consumer.AutoAck,
            ["exclusive"] = consumer.Exclusive,
            ["active"] = isActive,
            ["activity_status"] = isActive ? queue.Settings.SingleActiveConsumer ? "single_active" : "up" : "waiting",
            ["prefetch_count"] = consumer.Prefetch,
            ["arguments"] = FieldTableJson.ToJson(consumer.Arguments),
            ["channel_details"] = new JsonObject
            {
                ["name"] = found.Channel.Name,
                ["pid"] = View.PidOf(node, connection, channel.Number),
                ["number"] = channel.Number,
                ["node"] = node,
                ["connection_name"] = connection.Name,
                ["peer_host"] = connection.PeerHost,
                ["peer_port"] = connection.Peer.Port,
                ["user"] = connection.User,
            },
        };
    }
}
