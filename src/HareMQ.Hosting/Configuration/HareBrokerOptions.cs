using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using HareMQ.Management.Control;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>
/// How a broker is started. The defaults suit a broker inside an application or a test: loopback only, AMQP's usual port, a data directory
/// that goes away with the broker.
/// </summary>
/// <remarks>Read once, when the broker starts; later changes have no effect. Not thread-safe.</remarks>
public sealed partial class HareBrokerOptions
{
    /// <summary>The address of the one listener that exists while <see cref="Listeners"/> is null. Default: 127.0.0.1.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>The port of that listener, 0 to 65535; 0 takes any free port. Default: 5672.</summary>
    public int Port { get; set; } = 5672;

    /// <summary>
    /// All AMQP listeners. Null (the default) means one, at <see cref="Address"/> and <see cref="Port"/>; an empty list means none.
    /// <c>[::]</c> listens on every interface, IPv4 included.
    /// </summary>
    public IList<IPEndPoint>? Listeners { get; set; }

    /// <summary>AMQP listeners with TLS, beside the plain ones. They need <see cref="Tls"/>. Default: none.</summary>
    public IList<IPEndPoint> TlsListeners { get; set; } = [];

    /// <summary>Certificates and rules of the TLS listeners.</summary>
    public HareTlsOptions Tls { get; set; } = new();

    /// <summary>
    /// Every connection to a listener, with TLS or without, starts with a header of the PROXY protocol (version 1 or 2), and the client's
    /// address is the one that it names. Only for listeners that nobody but the proxy can reach. Default: false.
    /// </summary>
    public bool ProxyProtocol { get; set; }

    /// <summary>
    /// The port of the HTTP API, 0 to 65535; 0 takes any free port. Null (the default): there is no HTTP API. The <c>haremq</c> program
    /// listens at 15672 unless it is told otherwise.
    /// </summary>
    public int? ManagementPort { get; set; }

    /// <summary>The address of the HTTP API. Null (the default): <see cref="Address"/>.</summary>
    public IPAddress? ManagementAddress { get; set; }

    /// <summary>How the HTTP API answers.</summary>
    public HareManagementOptions Management { get; set; } = new();

    /// <summary>The port of the HTTP API with TLS, beside the plain one, 0 to 65535; 0 takes any free port. Null (the default): none.</summary>
    public int? ManagementTlsPort { get; set; }

    /// <summary>Its address. Null (the default): <see cref="Address"/>.</summary>
    public IPAddress? ManagementTlsAddress { get; set; }

    /// <summary>Its certificates and rules. Null (the default): those of <see cref="Tls"/>.</summary>
    public HareTlsOptions? ManagementTls { get; set; }

    /// <summary>
    /// The port where Prometheus finds metrics, 0 to 65535; 0 takes any free port. Null (the default): there is none. The <c>haremq</c>
    /// program listens at 15692 unless it is told otherwise. Nobody has to log in there.
    /// </summary>
    public int? PrometheusPort { get; set; }

    /// <summary>The address of that port. Null (the default): <see cref="Address"/>.</summary>
    public IPAddress? PrometheusAddress { get; set; }

    /// <summary>The port of the metrics with TLS, beside the plain one, 0 to 65535; 0 takes any free port. Null (the default): none.</summary>
    public int? PrometheusTlsPort { get; set; }

    /// <summary>Its address. Null (the default): <see cref="Address"/>.</summary>
    public IPAddress? PrometheusTlsAddress { get; set; }

    /// <summary>Its certificates and rules. Null (the default): those of <see cref="Tls"/>.</summary>
    public HareTlsOptions? PrometheusTls { get; set; }

    /// <summary>
    /// Queues whose names match this regular expression do not count in the metrics that are added up of all queues' lengths and states.
    /// Null (the default): all do.
    /// </summary>
    public string? PrometheusQueuesLeftOut { get; set; }

    /// <summary>Where metrics are at that port; starts with a slash. Default: <c>/metrics</c>.</summary>
    public string PrometheusPath { get; set; } = "/metrics";

    /// <summary>
    /// That path gives a line for each queue, channel and connection, as <c>/per-object</c> below it always does; false (the default): one
    /// line for all of a kind.
    /// </summary>
    public bool PrometheusPerObjectMetrics { get; set; }

    /// <summary>Makes the meter <c>HareMQ</c>. Null (the default): nobody; in a host, the factory among its services.</summary>
    public IMeterFactory? MeterFactory { get; set; }

    /// <summary>
    /// Whether there is an exchange <c>amq.rabbitmq.event</c> that tells what happens in the broker. Default: false.
    /// </summary>
    public bool EventExchange { get; set; }

    /// <summary>The virtual host of that exchange. Null (the default): <see cref="DefaultVirtualHost"/>.</summary>
    public string? EventExchangeVirtualHost { get; set; }

    /// <summary>
    /// Where messages and definitions live. Null (the default): a new directory under the system's temporary directory, deleted when the
    /// broker is disposed. One broker per directory.
    /// </summary>
    public string? DataDirectory { get; set; }

    /// <summary>What a confirm promises. Default: <see cref="HareDurability.Fsync"/>.</summary>
    public HareDurability Durability { get; set; } = HareDurability.Fsync;

    /// <summary>
    /// Definitions (users, permissions, queues and so on, as RabbitMQ exports them) that are loaded at each start, before clients can connect: a
    /// file, or a directory whose <c>*.json</c> are loaded in the order of their names. With it, an empty data directory gets no default user
    /// and virtual host. Null (the default): none.
    /// </summary>
    public string? DefinitionsPath { get; set; }

    /// <summary>
    /// The same from a server: an <c>https</c> address, behind <see cref="DefinitionsPath"/> if both are set. A user and password in the address
    /// are sent to log in (Basic). Null (the default): none.
    /// </summary>
    public Uri? DefinitionsUrl { get; set; }

    /// <summary>Whether that server is believed, and how the broker shows who it is itself.</summary>
    public HareClientTlsOptions DefinitionsTls { get; set; } = new();

    /// <summary>Skips definitions that were loaded before and have not changed since. Default: false.</summary>
    public bool DefinitionsSkipUnchanged { get; set; }

    /// <summary>The hash that tells whether they have changed: SHA-1, SHA-256 (the default), SHA-384 or SHA-512.</summary>
    public HashAlgorithmName DefinitionsHash { get; set; } = HashAlgorithmName.SHA256;

    /// <summary>The name of this broker among others. Default: <c>hare@</c> and the machine's name.</summary>
    public string NodeName { get; set; } = $"hare@{Environment.MachineName}";

    /// <summary>The cluster's name in <c>server-properties</c>. Null (the default): <see cref="NodeName"/>.</summary>
    public string? ClusterName { get; set; }

    /// <summary>The product in <c>server-properties</c>. Default: <c>HareMQ</c>.</summary>
    public string ProductName { get; set; } = "HareMQ";

    /// <summary>The user that is created in an empty data directory. Default: <c>guest</c>.</summary>
    public string DefaultUser { get; set; } = "guest";

    /// <summary>That user's password. Default: <c>guest</c>.</summary>
    public string DefaultPassword { get; set; } = "guest";

    /// <summary>The virtual host that is created in an empty data directory, 1 to 255 bytes of UTF-8. Default: <c>/</c>.</summary>
    public string DefaultVirtualHost { get; set; } = "/";

    /// <summary>The default user's tags. Default: <c>administrator</c>.</summary>
    public ISet<string> DefaultUserTags { get; set; } = new HashSet<string>(StringComparer.Ordinal) { "administrator" };

    /// <summary>What the default user may do in the default virtual host. Default: everything.</summary>
    public HarePermissions DefaultPermissions { get; set; } = HarePermissions.All;

    /// <summary>How passwords are hashed that users are given from now on. Default: <see cref="HarePasswordHashing.Sha256"/>.</summary>
    public HarePasswordHashing PasswordHashing { get; set; }

    /// <summary>The least characters of a password that a user is given, 0 (the default) to 255.</summary>
    public int PasswordMinLength { get; set; }

    /// <summary>A regular expression that such a password must match. Null (the default): any password will do.</summary>
    public string? PasswordPattern { get; set; }

    /// <summary>Virtual hosts, 0 or more; more cannot be made. Null (the default): no limit.</summary>
    public int? MaxVirtualHosts { get; set; }

    /// <summary>Queues in all virtual hosts together, likewise.</summary>
    public int? MaxQueues { get; set; }

    /// <summary>Exchanges in all virtual hosts together, those that every virtual host has included, likewise.</summary>
    public int? MaxExchanges { get; set; }

    /// <summary>Channels of all connections together, likewise.</summary>
    public int? MaxChannels { get; set; }

    /// <summary>
    /// The type of queues that are declared without <c>x-queue-type</c>, in virtual hosts that have no default of their own. With
    /// <see cref="HareQueueType.Quorum"/>, those that cannot be quorum queues (transient, exclusive, auto-delete) are classic ones. Default:
    /// <see cref="HareQueueType.Classic"/>.
    /// </summary>
    public HareQueueType DefaultQueueType { get; set; }

    /// <summary>Limits that new virtual hosts begin with: those of the first entry that matches. Default: none.</summary>
    public IList<HareVirtualHostLimits> DefaultLimits { get; set; } = [];

    /// <summary>Operators' policies that new virtual hosts begin with: those of all entries that match. Default: none.</summary>
    public IList<HareDefaultPolicy> DefaultOperatorPolicies { get; set; } = [];

    /// <summary>
    /// Users who may use new virtual hosts, likewise. One who is not there yet is made with the first of them; one who is keeps password and
    /// tags. Default: none.
    /// </summary>
    public IList<HareDefaultUser> DefaultUsers { get; set; } = [];

    /// <summary>Users that may only connect over a loopback interface. Default: <c>guest</c>.</summary>
    public ISet<string> LoopbackUsers { get; set; } = new HashSet<string>(StringComparer.Ordinal) { "guest" };

    /// <summary>
    /// Who knows users, in the order in which they are asked: <c>internal</c>, the broker's own list, and <c>oauth2</c>, tokens by the rules of
    /// <see cref="OAuth2"/>. Default: <c>internal</c>.
    /// </summary>
    public IList<string> AuthBackends { get; set; } = [InternalBackend];

    /// <summary>Users who log in with a token instead of a password.</summary>
    public HareOAuth2Options OAuth2 { get; set; } = new();

    /// <summary>
    /// SASL mechanisms on offer, in this order: <c>PLAIN</c>, <c>AMQPLAIN</c>, <c>EXTERNAL</c> for clients with a verified certificate, and
    /// <c>ANONYMOUS</c> for anybody, who becomes <see cref="AnonymousLoginUser"/>. Default: the first two.
    /// </summary>
    public IList<string> AuthMechanisms { get; set; } = ["PLAIN", "AMQPLAIN"];

    /// <summary>The user that clients become who log in with <c>ANONYMOUS</c>. Null: they cannot. Default: <c>guest</c>.</summary>
    public string? AnonymousLoginUser { get; set; } = "guest";

    /// <summary>That user's password. Default: <c>guest</c>.</summary>
    public string AnonymousLoginPassword { get; set; } = "guest";

    /// <summary>The heartbeat interval on offer, in seconds, 0 (off) to 65535; the client's answer decides. Default: 60.</summary>
    public int HeartbeatSeconds { get; set; } = 60;

    /// <summary>The largest frame either side may send, in bytes, header and end octet included, 4096 to 16 MiB. Default: 131072.</summary>
    public int FrameMaxBytes { get; set; } = 131_072;

    /// <summary>Channels per connection, 0 to 65535; 0 leaves it to the client. Default: 2047.</summary>
    public int ChannelMax { get; set; } = 2047;

    /// <summary>The largest message body, in bytes, 1 to 512 MiB; a larger one closes the channel with 406. Default: 128 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 134_217_728;

    /// <summary>How long a peer may take from connecting to <c>connection.open</c>, 100 ms to 10 minutes. Default: 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The largest frame before the two sides have agreed on one, in bytes, 4096 to 1 MiB: a token that is sent as the password must fit in.
    /// Default: 8192.
    /// </summary>
    public int InitialFrameMaxBytes { get; set; } = 8192;

    /// <summary>Connections at the same time, 0 or more. Null (the default): no limit.</summary>
    public int? MaxConnections { get; set; }

    /// <summary>Consumers per channel, 1 or more. Null (the default): no limit.</summary>
    public int? ConsumerMaxPerChannel { get; set; }

    /// <summary>
    /// How long a delivery may wait for its acknowledgement before its channel is closed with 406 and the message goes back to its queue,
    /// 1 ms or more; checked about once a second. A queue's argument <c>x-consumer-timeout</c> takes precedence. Null: for ever.
    /// Default: 30 minutes.
    /// </summary>
    public TimeSpan? ConsumerTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The share of the memory, 0 to 1, above which connections that publish are blocked; 0 blocks them at once. What counts is the memory
    /// of the whole process. Default: 0.6.
    /// </summary>
    public double MemoryHighWatermark { get; set; } = 0.6;

    /// <summary>The same in bytes, 0 or more; takes precedence. Null (the default): <see cref="MemoryHighWatermark"/> decides.</summary>
    public long? MemoryHighWatermarkBytes { get; set; }

    /// <summary>
    /// Free space on the data directory's disk, as a share of the memory, 0 to 1000, below which connections that publish are blocked.
    /// Null (the default): <see cref="DiskFreeLimitBytes"/> decides.
    /// </summary>
    public double? DiskFreeLimit { get; set; }

    /// <summary>
    /// The same in bytes, 0 or more; takes precedence. Null (the default): <see cref="DiskFreeLimit"/>, or 50,000,000 if that is null too.
    /// </summary>
    public long? DiskFreeLimitBytes { get; set; }

    /// <summary>How often memory is looked at, 100 ms to 10 minutes. Default: 2.5 seconds.</summary>
    public TimeSpan MemoryMonitorInterval { get; set; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>The memory that shares are taken of, in bytes, 1 or more. Null (the default): what was detected.</summary>
    public long? TotalMemoryBytes { get; set; }

    /// <summary>
    /// Shows the host names of clients instead of their addresses, as far as reverse DNS finds them within 5 seconds. Connections never wait
    /// for it. Default: false.
    /// </summary>
    public bool ReverseDnsLookups { get; set; }

    /// <summary>Whether sockets send small segments at once (Nagle's algorithm off). Default: true.</summary>
    public bool TcpNoDelay { get; set; } = true;

    /// <summary>Connections that may wait to be accepted, per listener, 1 to 65535. Default: 128.</summary>
    public int Backlog { get; set; } = 128;

    /// <summary>Whether the system asks silent peers now and then whether they are still there (SO_KEEPALIVE). Default: false.</summary>
    public bool TcpKeepAlive { get; set; }

    /// <summary>A socket's send buffer (SO_SNDBUF), in bytes, 1 KiB to 256 MiB. Null (the default): the system's choice.</summary>
    public int? SocketSendBufferBytes { get; set; }

    /// <summary>A socket's receive buffer (SO_RCVBUF), in bytes, 1 KiB to 256 MiB. Null (the default): the system's choice.</summary>
    public int? SocketReceiveBufferBytes { get; set; }

    /// <summary>Where the broker logs. Null (the default): nowhere. The broker does not dispose it.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock behind heartbeats and timeouts. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The process around the broker, of which the HTTP API tells; null: an application.</summary>
    internal INodeControl? Node { get; set; }

    /// <summary>Takes lines of the log to the exchange <c>amq.rabbitmq.log</c>; null: there is no such exchange.</summary>
    internal ExchangeLoggerProvider? LogExchange { get; set; }

    /// <summary>What the HTTP API tells of them.</summary>
    internal IReadOnlyList<string> ConfigurationFiles { get; set; } = [];

    /// <summary>What to open: <see cref="Listeners"/>, or the one that <see cref="Address"/> and <see cref="Port"/> name.</summary>
    internal IReadOnlyList<IPEndPoint> EffectiveListeners => Listeners is null ? [new IPEndPoint(Address, Port)] : [.. Listeners];

    internal IPEndPoint? EffectiveManagementListener =>
        ManagementPort is { } port ? new IPEndPoint(ManagementAddress ?? Address, port) : null;

    internal IPEndPoint? EffectiveManagementTlsListener =>
        ManagementTlsPort is { } port ? new IPEndPoint(ManagementTlsAddress ?? Address, port) : null;

    internal IPEndPoint? EffectivePrometheusListener =>
        PrometheusPort is { } port ? new IPEndPoint(PrometheusAddress ?? Address, port) : null;

    internal IPEndPoint? EffectivePrometheusTlsListener =>
        PrometheusTlsPort is { } port ? new IPEndPoint(PrometheusTlsAddress ?? Address, port) : null;

    internal string EffectiveClusterName => string.IsNullOrEmpty(ClusterName) ? NodeName : ClusterName;
}
