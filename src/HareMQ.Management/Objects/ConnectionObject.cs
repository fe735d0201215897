using System.Text.Json.Nodes;
using HareMQ.Broker.Clients;
using HareMQ.Management.Json;
using HareMQ.Management.Statistics;

namespace HareMQ.Management.Objects;

internal sealed class ConnectionObject(View view)
{
    public JsonObject Render(ConnectionSnapshot connection)
    {
        var encryption = connection.Encryption;
        var json = new JsonObject
        {
            ["name"] = connection.Name,
            ["pid"] = view.PidOf(connection),
            ["node"] = view.NodeName,
            ["vhost"] = connection.VirtualHost,
            ["user"] = connection.User,
            ["user_who_performed_action"] = connection.User,
            ["type"] = "network",
            ["protocol"] = connection.Protocol,
            ["state"] = connection.State,
            ["channels"] = connection.Channels.Count,
            ["channel_max"] = connection.ChannelMax,
            ["frame_max"] = connection.FrameMaxBytes,
            ["timeout"] = connection.HeartbeatSeconds,
            ["connected_at"] = connection.ConnectedAt.ToUnixTimeMilliseconds(),
            ["host"] = connection.Local.Host,
            ["port"] = connection.Local.Port,
            ["peer_host"] = connection.Peer.Host,
            ["peer_port"] = connection.Peer.Port,
            ["auth_mechanism"] = connection.AuthMechanism,
            ["ssl"] = encryption is not null,
            ["ssl_protocol"] = encryption?.Protocol,
            ["ssl_cipher"] = encryption?.Cipher,
            ["ssl_hash"] = encryption?.Hash,
            ["ssl_key_exchange"] = encryption?.KeyExchange,
            ["peer_cert_subject"] = encryption?.Peer?.Subject,
            ["peer_cert_issuer"] = encryption?.Peer?.Issuer,
            ["peer_cert_validity"] = encryption?.Peer?.Validity,
            ["client_properties"] = FieldTableJson.ToJson(connection.ClientProperties),
            ["send_pend"] = connection.PendingBytes,
        };
        if (connection.ClientName.Length > 0) json["user_provided_name"] = connection.ClientName;
        if (!view.DisableStats)
            view.Stats.AddPlain(json, Schema.Connection, connection.Traffic, Numbers.Of(connection.Traffic), areData: true);
        return json;
    }
}
