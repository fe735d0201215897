using System.Text.Json.Nodes;
using HareMQ.Broker.Clients;
using HareMQ.Management.Json;
using HareMQ.Management.Statistics;

namespace HareMQ.Management.Objects;

internal sealed class ConnectionObject(View view)
{
    public JsonObject Render(ConnectionSnapshot connection)
    {
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
            ["peer_host"] = connection.PeerHost,
            ["peer_port"] = connection.Peer.Port,
            ["auth_mechanism"] = connection.AuthMechanism,
            ["ssl"] = connection.Tls is not null,
            ["ssl_protocol"] = connection.Tls?.Protocol,
            ["ssl_cipher"] = connection.Tls?.Cipher,
            ["ssl_hash"] = connection.Tls?.Hash,
            ["ssl_key_exchange"] = connection.Tls?.KeyExchange,
            ["peer_cert_subject"] = connection.Tls?.Peer?.Subject,
            ["peer_cert_issuer"] = connection.Tls?.Peer?.Issuer,
            ["peer_cert_validity"] = connection.Tls?.Peer?.Validity,
            ["client_properties"] = FieldTableJson.ToJson(connection.ClientProperties),
            ["send_pend"] = connection.PendingBytes,
        };
        if (connection.ClientName.Length > 0) json["user_provided_name"] = connection.ClientName;
        if (!view.DisableStats)
            view.Stats.AddPlain(json, Schema.Connection, connection.Traffic, Numbers.Of(connection.Traffic), areData: true);
        return json;
    }
}
