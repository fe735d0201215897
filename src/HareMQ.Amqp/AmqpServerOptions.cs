using System.Net;
using HareMQ.Amqp.Transport.Tls;

namespace HareMQ.Amqp;

/// <summary>What the AMQP side is configured with. Units in the names.</summary>
internal sealed record AmqpServerOptions
{
    public IReadOnlyList<EndPoint> Listeners { get; init; } = [];

    public IReadOnlyList<EndPoint> TlsListeners { get; init; } = [];

    /// <summary>Null only while there are no <see cref="TlsListeners"/>.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Every connection to a listener starts with a PROXY header, and one without it is dropped.</summary>
    public bool ProxyProtocol { get; init; }

    public int Backlog { get; init; } = 128;

    /// <summary>Clients are shown by their names.</summary>
    public bool ReverseDnsLookups { get; init; }

    public bool TcpNoDelay { get; init; } = true;

    public bool TcpKeepAlive { get; init; }

    /// <summary>In force until tune-ok: few need more to introduce themselves, but tokens can be long.</summary>
    public int InitialFrameMaxBytes { get; init; } = 8192;

    /// <summary>Null: the system's default.</summary>
    public int? SocketSendBufferBytes { get; init; }

    /// <summary>Null: the system's default.</summary>
    public int? SocketReceiveBufferBytes { get; init; }

    public int FrameMaxBytes { get; init; } = 131_072;

    public int ChannelMax { get; init; } = 2047;

    public int HeartbeatSeconds { get; init; } = 60;

    public long MessageBytesMax { get; init; } = 128 * 1024 * 1024;

    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public int? ConnectionsMax { get; init; }

    public int? ConsumersPerChannelMax { get; init; }

    /// <summary>How long a delivery may wait for its ack; null = for ever.</summary>
    public long? ConsumerTimeoutMs { get; init; } = 30 * 60 * 1000;

    public IReadOnlyList<string> AuthMechanisms { get; init; } = ["PLAIN", "AMQPLAIN"];

    /// <summary>Whom a login with ANONYMOUS makes its client.</summary>
    public string AnonymousUser { get; init; } = "";

    public ReadOnlyMemory<byte> AnonymousPassword { get; init; }

    /// <summary>How the broker names itself in server-properties.</summary>
    public string ProductName { get; init; } = "HareMQ";

    public string ProductVersion { get; init; } = "";

    public string ClusterName { get; init; } = "";
}
