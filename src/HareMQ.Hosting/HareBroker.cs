using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using HareMQ.Amqp;
using HareMQ.Amqp.Transport.Tls;
using HareMQ.Broker;
using HareMQ.Broker.Alarms;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Scheduling;
using HareMQ.Management;
using HareMQ.Management.Metrics;
using HareMQ.OAuth2;
using HareMQ.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Hosting;

/// <summary>
/// A running message broker inside this process: any AMQP 0-9-1 client can connect to it over TCP. Dispose it to close its clients, flush and stop.
/// </summary>
/// <example>
/// <code>
/// await using var broker = await HareBroker.StartAsync(o => o.Port = 0);
/// var factory = new ConnectionFactory { Uri = broker.Uri };
/// </code>
/// </example>
/// <remarks>Thread-safe.</remarks>
public sealed partial class HareBroker : IAsyncDisposable
{
    /// <summary>How long clients have to answer connection.close when the broker stops.</summary>
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(3);

    private readonly HareBrokerOptions _options;
    private readonly BrokerCore _core;
    private readonly AmqpServer _amqp;
    private readonly ManagementServer? _management;
    private readonly OAuth2Backend? _tokens;
    private readonly TlsCertificates? _managementCertificates;
    private readonly TlsCertificates? _metricsCertificates;
    private readonly MetricsServer? _metrics;
    private readonly BrokerMeter _meter;
    private readonly string? _temporaryDirectory;
    private readonly ILogger _logger;
    private int _disposed;

    private HareBroker(
        HareBrokerOptions options, BrokerCore core, OAuth2Backend? tokens, AmqpServer amqp, ManagementServer? management,
        TlsCertificates? managementCertificates, MetricsServer? metrics, TlsCertificates? metricsCertificates, string? temporaryDirectory,
        ILogger logger)
    {
        _options = options;
        _core = core;
        _tokens = tokens;
        _managementCertificates = managementCertificates;
        _metricsCertificates = metricsCertificates;
        _amqp = amqp;
        _management = management;
        _metrics = metrics;
        _meter = new BrokerMeter(core, amqp, options.MeterFactory, options.NodeName, Version, options.TimeProvider);
        _temporaryDirectory = temporaryDirectory;
        _logger = logger;
        EndPoints = [.. amqp.EndPoints.OfType<IPEndPoint>()];
        TlsEndPoints = [.. amqp.TlsEndPoints.OfType<IPEndPoint>()];
    }

    /// <summary>This library's version, as clients see it in <c>server-properties</c>.</summary>
    public static string Version { get; } =
        typeof(HareBroker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>Where the broker listens, with the ports that were chosen for port 0.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>Where the broker listens for TLS, likewise.</summary>
    public IReadOnlyList<IPEndPoint> TlsEndPoints { get; }

    /// <summary>The port of the first listener; 0 if there is none.</summary>
    public int Port => EndPoints.Count > 0 ? EndPoints[0].Port : 0;

    /// <summary>An AMQP URI for a client on this machine, with the default user, its password and the default virtual host. Without TLS.</summary>
    /// <exception cref="InvalidOperationException">The broker has no listener without TLS.</exception>
    public Uri Uri
    {
        get
        {
            if (EndPoints.Count == 0) throw new InvalidOperationException("The broker has no listener without TLS; see TlsEndPoints.");
            var address = EndPoints[0].Address;
            var host = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : address;
            var hostText = host.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]" : host.ToString();
            var user = $"{Uri.EscapeDataString(_options.DefaultUser)}:{Uri.EscapeDataString(_options.DefaultPassword)}";
            return new Uri($"amqp://{user}@{hostText}:{Port}/{Uri.EscapeDataString(_options.DefaultVirtualHost)}");
        }
    }

    /// <summary>For what has no public surface yet.</summary>
    internal BrokerCore Core => _core;

    /// <summary>What the watch over memory and disk is told at run time.</summary>
    internal ResourceMonitor Resources => _core.Resources;

    /// <summary>Of deliveries that wait for their ack; null = for ever.</summary>
    internal long? ConsumerTimeoutMs
    {
        get => _amqp.ConsumerTimeoutMs;
        set => _amqp.ConsumerTimeoutMs = value;
    }

    /// <summary>The directory the messages are in.</summary>
    public string DataDirectory => _temporaryDirectory ?? Path.GetFullPath(_options.DataDirectory!);

    /// <summary>Starts a broker; when the task ends, it has recovered its data and accepts connections.</summary>
    /// <param name="configure">Changes the options; the defaults suit a test: loopback, temporary data.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range; the message names it.</exception>
    /// <exception cref="HareBrokerException">A port is taken, or the data directory is in use, not accessible or not readable.</exception>
    public static Task<HareBroker> StartAsync(Action<HareBrokerOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new HareBrokerOptions();
        configure?.Invoke(options);
        return StartAsync(options, cancellationToken);
    }

    /// <inheritdoc cref="StartAsync(Action{HareBrokerOptions}, CancellationToken)"/>
    /// <param name="options">How to start it.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<HareBroker> StartAsync(HareBrokerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        var loggers = options.LoggerFactory ?? NullLoggerFactory.Instance;
        var temporary = options.DataDirectory is null ? Directory.CreateTempSubdirectory("haremq-").FullName : null;
        var directory = temporary ?? Path.GetFullPath(options.DataDirectory!);
        BrokerCore? core = null;
        OAuth2Backend? tokens = null;
        AmqpServer? amqp = null;
        ManagementServer? management = null;
        MetricsServer? metrics = null;
        try
        {
            core = await OpenCoreAsync(options, directory, loggers);
            tokens = AddLogins(options, core, loggers);
            await LoadDefinitionsAsync(options, core, loggers, cancellationToken);
            amqp = new AmqpServer(core, AmqpOptions(options), options.TimeProvider, loggers.CreateLogger("HareMQ.Connections"));
            cancellationToken.ThrowIfCancellationRequested();
            amqp.Listen();
            var certificates = HttpCertificates(options.ManagementTlsPort, options.ManagementTls, options, loggers);
            var metricsCertificates = HttpCertificates(options.PrometheusTlsPort, options.PrometheusTls, options, loggers);
            metrics = await StartMetricsAsync(options, metricsCertificates, core, amqp, loggers);
            management = await StartManagementAsync(options, certificates, core, amqp, metrics, directory, loggers);
            options.LogExchange?.Attach(options.NodeName, core.FindLogFeed);
            var logger = loggers.CreateLogger("HareMQ.Broker");
            HostingLog.Started(logger, Version, directory);
            return new HareBroker(
                options, core, tokens, amqp, management, certificates, metrics, metricsCertificates, temporary, logger);
        }
        catch (Exception error)
        {
            if (metrics is not null) await metrics.DisposeAsync();
            if (management is not null) await management.DisposeAsync();
            if (amqp is not null) await amqp.DisposeAsync();
            tokens?.Dispose();
            if (core is not null) await core.DisposeAsync();
            if (temporary is not null) Directory.Delete(temporary, recursive: true);
            if (HareBrokerException.Explain(error, options, directory) is { } explained) throw explained;
            throw;
        }
    }

    /// <summary>Closes all clients with 320 CONNECTION_FORCED, writes what is pending, and stops. Temporary data is deleted.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _options.LogExchange?.Detach();
        _meter.Dispose();
        if (_metrics is not null) await _metrics.DisposeAsync();
        if (_management is not null) await _management.DisposeAsync();
        await _amqp.CloseAsync("shutdown", s_closePatience);
        await _amqp.DisposeAsync();
        await _core.DisposeAsync();
        _tokens?.Dispose();
        if (_temporaryDirectory is not null) Directory.Delete(_temporaryDirectory, recursive: true);
        HostingLog.Stopped(_logger);
    }

    private static async Task<BrokerCore> OpenCoreAsync(HareBrokerOptions options, string directory, ILoggerFactory loggers)
    {
        var store = MessageStore.Open(
            new StoreOptions
            {
                DataDirectory = directory,
                Durability = options.Durability == HareDurability.Os ? Durability.Os : Durability.Fsync,
            },
            loggers.CreateLogger("HareMQ.Storage"));
        try
        {
            var coreOptions = new BrokerCoreOptions
            {
                CreateDefaults = options is { DefinitionsPath: null, DefinitionsUrl: null },
                DefaultVirtualHost = options.DefaultVirtualHost,
                DefaultUser = options.DefaultUser,
                DefaultPassword = options.DefaultPassword,
                DefaultUserTags = [.. options.DefaultUserTags],
                DefaultPermission = ToPermission(options.DefaultPermissions),
                LoopbackUsers = [.. options.LoopbackUsers],
                Passwords = Passwords(options),
                NodeLimits = new NodeLimits
                {
                    VirtualHosts = options.MaxVirtualHosts,
                    Queues = options.MaxQueues,
                    Exchanges = options.MaxExchanges,
                    Channels = options.MaxChannels,
                },
                DefaultQueueType = NameOf(options.DefaultQueueType),
                VirtualHosts = VirtualHostDefaults(options),
                NodeName = options.NodeName,
                EventVirtualHost = options.EventExchange ? options.EventExchangeVirtualHost ?? options.DefaultVirtualHost : null,
                LogVirtualHost = options.LogExchange is null ? null : options.DefaultVirtualHost,
                Resources = ResourceOptions(options),
                Readings = new SystemReadings(directory),
            };
            return await BrokerCore.OpenAsync(
                store, coreOptions, ThreadPoolTurnScheduler.Instance, loggers.CreateLogger("HareMQ.Queues"), options.TimeProvider);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static ResourceOptions ResourceOptions(HareBrokerOptions options) => new()
    {
        MemoryWatermark = options.MemoryHighWatermarkBytes is { } watermark
            ? ResourceLimit.Of(watermark)
            : ResourceLimit.OfMemory(options.MemoryHighWatermark),
        DiskFreeLimit = options switch
        {
            { DiskFreeLimitBytes: { } bytes } => ResourceLimit.Of(bytes),
            { DiskFreeLimit: { } share } => ResourceLimit.OfMemory(share),
            _ => ResourceLimit.Of(50_000_000),
        },
        MemoryInterval = options.MemoryMonitorInterval,
        MemoryTotalBytes = options.TotalMemoryBytes,
    };

    private static AmqpServerOptions AmqpOptions(HareBrokerOptions options) => new()
    {
        Listeners = [.. options.EffectiveListeners],
        TlsListeners = [.. options.TlsListeners],
        Tls = options.TlsListeners.Count == 0 ? null : options.Tls.ToTlsOptions(),
        ProxyProtocol = options.ProxyProtocol,
        Backlog = options.Backlog,
        ReverseDnsLookups = options.ReverseDnsLookups,
        TcpNoDelay = options.TcpNoDelay,
        TcpKeepAlive = options.TcpKeepAlive,
        InitialFrameMaxBytes = options.InitialFrameMaxBytes,
        SocketSendBufferBytes = options.SocketSendBufferBytes,
        SocketReceiveBufferBytes = options.SocketReceiveBufferBytes,
        FrameMaxBytes = options.FrameMaxBytes,
        ChannelMax = options.ChannelMax,
        HeartbeatSeconds = options.HeartbeatSeconds,
        MessageBytesMax = options.MaxMessageBytes,
        HandshakeTimeout = options.HandshakeTimeout,
        ConnectionsMax = options.MaxConnections,
        ConsumersPerChannelMax = options.ConsumerMaxPerChannel,
        ConsumerTimeoutMs = (long?)options.ConsumerTimeout?.TotalMilliseconds,
        AuthMechanisms = [.. options.AuthMechanisms],
        AnonymousUser = options.AnonymousLoginUser ?? "",
        AnonymousPassword = Encoding.UTF8.GetBytes(options.AnonymousLoginPassword),
        ProductName = options.ProductName,
        ProductVersion = Version,
        ClusterName = options.EffectiveClusterName,
    };
}
