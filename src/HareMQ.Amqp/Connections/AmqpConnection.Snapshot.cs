using System.Net;
using HareMQ.Amqp.Channels;
using HareMQ.Amqp.Transport;
using HareMQ.Amqp.Transport.Tls;
using HareMQ.Broker.Clients;
using HareMQ.Broker.Statistics;

namespace HareMQ.Amqp.Connections;

/// <summary>What others see of the connection, and what is counted for them.</summary>
internal sealed partial class AmqpConnection
{
    public TrafficCounts Traffic { get; } = new();

    /// <summary><c>127.0.0.1:50122 -> 127.0.0.1:5672</c></summary>
    public string Name => _name ??= $"{AddressOf(Peer)} -> {AddressOf(_transport.LocalEndPoint)}";

    private string? _name;
    private volatile string? _peerName;

    /// <summary>Counts the publish whose route was looked for last.</summary>
    public void CountPublish(int queues)
    {
        if (Routes.Counts is { } counts) _tally.Count(counts, queues);
    }

    /// <summary>Any thread.</summary>
    public ConnectionSnapshot Snapshot()
    {
        AmqpChannel[] channels;
        // Channels come and go under the gate, for the sake of those who look from outside.
        lock (Writer.Gate) channels = [.. _channels.Values];
        return new ConnectionSnapshot
        {
            Id = Id,
            Name = Name,
            ClientName = ClientName,
            VirtualHost = _virtualHost?.Name ?? "",
            User = UserName,
            AuthMechanism = AuthMechanism,
            Protocol = "AMQP 0-9-1",
            State = Word(_state),
            Peer = AddressOf(Peer),
            PeerName = _peerName,
            Local = AddressOf(_transport.LocalEndPoint),
            ChannelMax = _channelMax,
            FrameMaxBytes = FrameMaxBytes,
            HeartbeatSeconds = HeartbeatSeconds,
            ConnectedAt = _connectedAt,
            Tls = Tls is { } tls ? Snapshot(tls) : null,
            ClientProperties = ClientProperties,
            Traffic = Traffic,
            PendingBytes = Writer.PendingBytes,
            Channels = [.. channels.OrderBy(channel => channel.Number).Select(channel => channel.Snapshot())],
            Owner = this,
        };
    }

    /// <summary>Goes on beside the connection, which never waits for it.</summary>
    private async Task FindPeerNameAsync(PeerNames names, IPAddress address)
    {
        try
        {
            _peerName = await names.FindAsync(address);
        }
        catch (Exception error)
        {
            AmqpLog.Unexpected(Logger, Id, error);
        }
    }

    private void AddChannel(AmqpChannel channel)
    {
        lock (Writer.Gate) _channels.Add(channel.Number, channel);
        _server.Core.Churn.ChannelCreated();
        if (Events.AreWanted) Events.ChannelCreated(Snapshot(), channel.Number);
    }

    /// <summary>What the channel has counted goes to its virtual host's past.</summary>
    private void Retire(AmqpChannel channel)
    {
        VirtualHost.PastMessages.Add(channel.TakeMessages());
        _server.Core.Churn.ChannelClosed();
        if (Events.AreWanted) Events.ChannelClosed(Id, channel.Number, UserName);
    }

    private static TlsSnapshot Snapshot(TlsSession tls) => new(
        tls.Protocol, tls.KeyExchange, tls.Cipher, tls.Hash,
        tls.Peer is { } peer ? new CertificateSnapshot(peer.Subject, peer.Issuer, peer.Validity) : null);

    private static Address AddressOf(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint ip) return new Address("", 0);
        var address = ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address;
        return new Address(address.ToString(), ip.Port);
    }

    private static string Word(ConnectionState state) => state switch
    {
        ConnectionState.ExpectingHeader => "starting",
        ConnectionState.Starting => "starting",
        ConnectionState.Tuning => "tuning",
        ConnectionState.Opening => "opening",
        ConnectionState.Running => "running",
        ConnectionState.Closing => "closing",
        _ => "closed",
    };
}
