using System.Text.Json.Nodes;
using HareMQ.Management.Statistics;

namespace HareMQ.Management.Objects;

internal sealed class ChannelObject(View view)
{
    public JsonObject Render(ChannelOfConnection found)
    {
        var (connection, channel) = (found.Connection, found.Channel);
        var json = new JsonObject
        {
            ["name"] = found.Name,
            ["pid"] = view.PidOf(connection, channel.Number),
            ["number"] = channel.Number,
            ["node"] = view.NodeName,
            ["vhost"] = connection.VirtualHost,
            ["user"] = connection.User,
            ["user_who_performed_action"] = connection.User,
            ["state"] = channel.IsClosing ? "closing" : "running",
            ["confirm"] = channel.IsConfirming,
            ["transactional"] = channel.IsTransactional,
            ["consumer_count"] = channel.Consumers.Count,
            ["messages_unacknowledged"] = channel.UnacknowledgedCount,
            ["messages_unconfirmed"] = channel.UnconfirmedCount,
            ["messages_uncommitted"] = channel.UncommittedCount,
            ["acks_uncommitted"] = channel.UncommittedAcksCount,
            ["prefetch_count"] = channel.Prefetch,
            ["global_prefetch_count"] = channel.SharedPrefetch,
            // There is no Raft, and what belongs to it is never waited for.
            ["pending_raft_commands"] = 0,
            ["cached_segments"] = 0,
            ["connection_details"] = new JsonObject
            {
                ["name"] = connection.Name,
                ["pid"] = view.PidOf(connection),
                ["peer_host"] = connection.PeerHost,
                ["peer_port"] = connection.Peer.Port,
            },
        };
        if (!view.DisableStats && view.Stats.Messages(Schema.Channel, channel.Messages, Numbers.Of(channel.Messages)) is { } stats)
            json["message_stats"] = stats;
        if (view.IdleSince(channel.Messages) is { } since) json["idle_since"] = since;
        return json;
    }

    public JsonObject RenderDetailed(ChannelOfConnection found)
    {
        var json = Render(found);
        json["consumer_details"] = new JsonArray(
            [.. found.Channel.Consumers.Where(consumer => consumer.Queue is not null)
                .Select(consumer => ConsumerObject.Render(new ConsumerOfChannel(found, consumer), view.NodeName))]);
        json["publishes"] = new JsonArray();
        json["deliveries"] = new JsonArray();
        return json;
    }
}
