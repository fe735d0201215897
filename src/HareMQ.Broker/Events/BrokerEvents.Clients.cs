using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using HareMQ.Broker.Clients;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Events;

internal sealed partial class BrokerEvents
{
    /// <summary>How Erlang prints AMQP 0-9-1.</summary>
    private const string ProtocolVersion = "{0,9,1}";

    /// <param name="connection">As it is now.</param>
    /// <param name="tls">What TLS agreed on; null: not encrypted.</param>
    public void ConnectionCreated(ConnectionSnapshot connection, EventTls? tls) => Raise("connection.created", AddClient(
        new EventHeaders()
            .Add("type", "network")
            .Add("pid", ProcessName(connection.Id))
            .Add("name", connection.Name)
            .Add("port", connection.Local.Port)
            .Add("peer_port", connection.Peer.Port)
            .Add("host", ErlangAddress(connection.Local.Host))
            .Add("peer_host", ErlangAddress(connection.Peer.Host))
            .Add("ssl", tls is not null)
            .Add("peer_cert_subject", tls?.PeerSubject ?? "")
            .Add("peer_cert_issuer", tls?.PeerIssuer ?? "")
            .Add("peer_cert_validity", tls?.PeerValidity ?? "")
            .Add("auth_mechanism", connection.AuthMechanism)
            .Add("ssl_protocol", tls?.Protocol ?? "")
            .Add("ssl_key_exchange", tls?.KeyExchange ?? "")
            .Add("ssl_cipher", tls?.Cipher ?? "")
            .Add("ssl_hash", tls?.Hash ?? "")
            .Add("protocol", ProtocolVersion)
            .Add("user", connection.User)
            .Add("vhost", connection.VirtualHost)
            .Add("timeout", connection.HeartbeatSeconds)
            .Add("frame_max", connection.FrameMaxBytes)
            .Add("channel_max", connection.ChannelMax)
            .Add("connected_at", connection.ConnectedAt.ToUnixTimeMilliseconds())
            .Add("user_who_performed_action", connection.User),
        connection));

    public void ConnectionClosed(ConnectionSnapshot connection) => Raise("connection.closed", AddClient(
        new EventHeaders().Add("name", connection.Name).Add("pid", ProcessName(connection.Id)), connection));

    /// <param name="connection">Whose login it was.</param>
    /// <param name="user">The name that was given.</param>
    /// <param name="isTls">The connection is encrypted.</param>
    /// <param name="error">Null: it succeeded.</param>
    public void LoginEnded(ConnectionSnapshot connection, string user, bool isTls, string? error)
    {
        var headers = new EventHeaders()
            .Add("connection_type", "network")
            .Add("name", user)
            .Add("host", ErlangAddress(connection.Local.Host))
            .Add("connection_name", connection.Name)
            .Add("peer_host", ErlangAddress(connection.Peer.Host))
            .Add("peer_port", connection.Peer.Port)
            .Add("protocol", ProtocolVersion)
            .Add("auth_mechanism", connection.AuthMechanism)
            .Add("ssl", isTls);
        if (error is not null) headers.Add("error", error);
        Raise(error is null ? "user.authentication.success" : "user.authentication.failure", headers);
    }

    public void ChannelCreated(ConnectionSnapshot connection, int number) => Raise("channel.created", new EventHeaders()
        .Add("pid", ProcessName(connection.Id, number))
        .Add("name", $"{connection.Name} ({number})")
        .Add("connection", ProcessName(connection.Id))
        .Add("number", number)
        .Add("user", connection.User)
        .Add("vhost", connection.VirtualHost)
        .Add("user_who_performed_action", connection.User));

    public void ChannelClosed(long connectionId, int number, string user) => Raise("channel.closed", new EventHeaders()
        .Add("pid", ProcessName(connectionId, number))
        .Add("user_who_performed_action", user));

    public void ConsumerCreated(long connectionId, int channel, Consumer consumer, string virtualHost, string queue, string user) =>
        Raise("consumer.created", OfConsumer(connectionId, channel, consumer, virtualHost, queue, user)
            .Add("exclusive", consumer.Exclusive)
            .Add("ack_required", !consumer.AutoAck)
            .Add("prefetch_count", consumer.Prefetch)
            .AddEntries("arguments", consumer.Arguments));

    public void ConsumerDeleted(long connectionId, int channel, Consumer consumer, string virtualHost, string queue, string user) =>
        Raise("consumer.deleted", OfConsumer(connectionId, channel, consumer, virtualHost, queue, user));

    private EventHeaders OfConsumer(long connectionId, int channel, Consumer consumer, string virtualHost, string queue, string user) =>
        new EventHeaders()
            .Add("consumer_tag", consumer.Tag)
            .Add("channel", ProcessName(connectionId, channel))
            .Add("queue", queue)
            .Add("vhost", virtualHost)
            .Add("user_who_performed_action", user);

    private EventHeaders AddClient(EventHeaders headers, ConnectionSnapshot connection)
    {
        headers.Add("node", nodeName).AddEntries("client_properties", connection.ClientProperties);
        return connection.ClientName.Length > 0 ? headers.Add("user_provided_name", connection.ClientName) : headers;
    }

    /// <summary>In place of the name of an Erlang process: the same for all events of one connection or channel.</summary>
    private string ProcessName(long connectionId, int channel = 0) => $"<{nodeName}.{_startedAtSeconds}.{connectionId}.{channel}>";

    /// <summary><c>{127,0,0,1}</c></summary>
    private static string ErlangAddress(string host)
    {
        if (!IPAddress.TryParse(host, out var address)) return "unknown";
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork) return $"{{{string.Join(',', bytes)}}}";
        var words = Enumerable.Range(0, bytes.Length / 2).Select(i => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2 * i)));
        return $"{{{string.Join(',', words)}}}";
    }
}

/// <summary>What an event tells of TLS, in RabbitMQ's words.</summary>
internal sealed record EventTls(
    string Protocol, string KeyExchange, string Cipher, string Hash, string? PeerSubject, string? PeerIssuer, string? PeerValidity);

/// <summary>A connection that owns exclusive queues: what an event names as their owner.</summary>
internal interface IEventSource
{
    long ConnectionId { get; }
}
