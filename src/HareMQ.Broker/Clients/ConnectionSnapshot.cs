using System.Security.Cryptography.X509Certificates;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Statistics;
using HareMQ.Protocol;

namespace HareMQ.Broker.Clients;

/// <summary>A connection as it was a moment ago.</summary>
internal sealed record ConnectionSnapshot
{
    public required long Id { get; init; }

    /// <summary><c>127.0.0.1:50122 -> 127.0.0.1:5672</c></summary>
    public required string Name { get; init; }

    /// <summary>The name the client gave it; empty if none.</summary>
    public required string ClientName { get; init; }

    /// <summary>Empty until the connection is open.</summary>
    public required string VirtualHost { get; init; }

    /// <summary>Empty until the user has logged in.</summary>
    public required string User { get; init; }

    public required string AuthMechanism { get; init; }

    public required string Protocol { get; init; }

    /// <summary>RabbitMQ's word for it: <c>running</c>, <c>tuning</c>, <c>closing</c> …</summary>
    public required string State { get; init; }

    public required Address Peer { get; init; }

    /// <summary>Null: it is not known, or nobody has asked.</summary>
    public required string? PeerName { get; init; }

    /// <summary>The client's name, or its address.</summary>
    public string PeerHost => PeerName ?? Peer.Host;

    public required Address Local { get; init; }

    public required int ChannelMax { get; init; }

    public required int FrameMaxBytes { get; init; }

    public required int HeartbeatSeconds { get; init; }

    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>Null: nothing is encrypted.</summary>
    public required TlsSnapshot? Tls { get; init; }

    public required FieldTable ClientProperties { get; init; }

    public required TrafficCounts Traffic { get; init; }

    /// <summary>Bytes encoded and not yet sent.</summary>
    public required int PendingBytes { get; init; }

    public required IReadOnlyList<ChannelSnapshot> Channels { get; init; }

    /// <summary>Whose exclusive queues are this connection's: the owner in their declarations.</summary>
    public required object Owner { get; init; }
}

/// <summary>What a connection over TLS has agreed on, in RabbitMQ's words.</summary>
/// <param name="Peer">The client's certificate; null: it sent none.</param>
internal sealed record TlsSnapshot(string Protocol, string KeyExchange, string Cipher, string Hash, CertificateSnapshot? Peer);

/// <summary>Whose certificate it is, who has issued it, and its time.</summary>
internal sealed record CertificateSnapshot(string Subject, string Issuer, string Validity);

/// <summary>One end of a connection; a peer without an address has an empty host.</summary>
internal readonly record struct Address(string Host, int Port)
{
    public override string ToString() => Host.Length == 0 ? "local" : $"{Host}:{Port}";
}

/// <summary>A channel as it was a moment ago.</summary>
internal sealed record ChannelSnapshot
{
    public required int Number { get; init; }

    public required bool IsConfirming { get; init; }

    public required bool IsTransactional { get; init; }

    public required bool IsClosing { get; init; }

    public required int Prefetch { get; init; }

    public required int SharedPrefetch { get; init; }

    public required int UnacknowledgedCount { get; init; }

    public required long UnconfirmedCount { get; init; }

    public required int UncommittedCount { get; init; }

    public required int UncommittedAcksCount { get; init; }

    public required IReadOnlyList<Consumer> Consumers { get; init; }

    public required MessageCounts Messages { get; init; }
}

/// <summary>Something that listens.</summary>
/// <param name="Protocol">As health checks name it: <c>amqp</c>, <c>http</c> …</param>
internal sealed record ListenerSnapshot(string Protocol, string Host, int Port, bool IsTls = false)
{
    /// <summary>What it shows to clients now; null without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }
}
