using System.Net;
using System.Net.Sockets;
using HareMQ.Amqp;
using HareMQ.Amqp.Transport.Tls;
using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.Management;
using HareMQ.Management.Definitions;
using HareMQ.Management.Metrics;
using HareMQ.Management.Statistics;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

public sealed partial class HareBroker
{
    /// <summary>
    /// Where the HTTP API is, for a client on this machine: <c>http://127.0.0.1:15672/</c>, or <c>https</c> if it listens for TLS only.
    /// Null: there is none.
    /// </summary>
    public Uri? ManagementUri =>
        // A plain listener comes first.
        _management is null or { EndPoints.Count: 0 }
            ? null
            : LocalUri(
                _options.ManagementPort is null ? "https" : "http", _management.EndPoints[0], $"{_options.Management.PathPrefix.TrimEnd('/')}/");

    /// <summary>
    /// Where metrics are, for a client on this machine: <c>http://127.0.0.1:15692/metrics</c>, or <c>https</c> if they are there with TLS only.
    /// Null: there are none.
    /// </summary>
    public Uri? PrometheusUri => _metrics is null
        ? null
        : LocalUri(_options.PrometheusPort is null ? "https" : "http", _metrics.EndPoints[0], _options.PrometheusPath);

    /// <summary>For tests, which do not wait for the next sample of the statistics.</summary>
    internal ManagementServer? Management => _management;

    private static Task LoadDefinitionsAsync(
        HareBrokerOptions options, BrokerCore core, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var sources = new List<IDefinitionsSource>(2);
        if (options.DefinitionsPath is { } path) sources.Add(new DefinitionsFiles(path));
        if (options.DefinitionsUrl is { } url) sources.Add(new DefinitionsDownload(url, options.DefinitionsTls));
        return sources.Count == 0
            ? Task.CompletedTask
            : new BootDefinitions(sources, options.DefinitionsSkipUnchanged ? options.DefinitionsHash : null)
                .LoadAsync(core, loggers.CreateLogger("HareMQ.Management"), cancellationToken);
    }

    private static async Task<ManagementServer?> StartManagementAsync(
        HareBrokerOptions options, TlsCertificates? certificates, BrokerCore core, AmqpServer amqp, MetricsServer? metrics, string directory,
        ILoggerFactory loggers)
    {
        var listeners = HttpListeners(
            options.EffectiveManagementListener, options.EffectiveManagementTlsListener, certificates, options.TimeProvider, loggers);
        // The control socket's requests are answered by the same API.
        if (listeners.Count == 0 && options.Node is null) return null;
        var managementOptions = new ManagementOptions
        {
            Listeners = listeners,
            OtherListeners = () => metrics?.Listeners ?? [],
            NodeName = options.NodeName,
            ClusterName = options.EffectiveClusterName,
            ProductName = options.ProductName,
            ProductVersion = Version,
            DataDirectory = directory,
            ConfigurationFiles = options.ConfigurationFiles,
            AuthMechanisms = [.. options.AuthMechanisms],
            PathPrefix = options.Management.PathPrefix.TrimEnd('/'),
            CorsOrigins = [.. options.Management.CorsOrigins],
            CorsMaxAgeSeconds = options.Management.CorsMaxAgeSeconds,
            ResponseHeaders = new Dictionary<string, string>(options.Management.ResponseHeaders),
            DisableStats = options.Management.DisableStatistics,
            EnableQueueTotals = options.Management.EnableQueueTotals,
            RatesMode = NameOf(options.Management.RatesMode),
            HasRates = options.Management.RatesMode != HareRatesMode.None,
            Retention = new Retention(Tiers(options.Management.GlobalSamples), Tiers(options.Management.BasicSamples)),
            OperatorPoliciesAreFixed = options.Management.DisableOperatorPolicyChanges,
            BodyBytesMax = options.Management.MaxBodyBytes,
        };
        return await ListenAsync(
            Addresses(listeners), "the HTTP API",
            ManagementServer.StartAsync(core, amqp, managementOptions, options.TimeProvider, loggers, options.Node));
    }

    private static async Task<MetricsServer?> StartMetricsAsync(
        HareBrokerOptions options, TlsCertificates? certificates, BrokerCore core, AmqpServer amqp, ILoggerFactory loggers)
    {
        var listeners = HttpListeners(
            options.EffectivePrometheusListener, options.EffectivePrometheusTlsListener, certificates, options.TimeProvider, loggers);
        if (listeners.Count == 0) return null;
        var metricsOptions = new MetricsOptions
        {
            Listeners = listeners,
            LeftOutOfSums = options.PrometheusQueuesLeftOut is { } pattern ? new ResourcePattern(pattern) : null,
            Path = options.PrometheusPath,
            PerObject = options.PrometheusPerObjectMetrics,
            NodeName = options.NodeName,
            ClusterName = () => ManagementContext.ClusterNameOf(core) ?? options.EffectiveClusterName,
            ProductName = options.ProductName,
            ProductVersion = Version,
        };
        return await ListenAsync(Addresses(listeners), "metrics", MetricsServer.StartAsync(core, amqp, metricsOptions, loggers));
    }

    private static async Task<T> ListenAsync<T>(string addresses, string purpose, Task<T> starting)
    {
        try
        {
            return await starting;
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new HareBrokerException($"cannot listen on {addresses} for {purpose}: {error.Message}", error);
        }
    }

    internal static string NameOf(HareRatesMode mode) => mode switch
    {
        HareRatesMode.None => "none",
        HareRatesMode.Detailed => "detailed",
        _ => "basic",
    };

    private static RetentionTier[] Tiers(IDictionary<TimeSpan, TimeSpan> samples) =>
    [
        .. samples.Select(pair => new RetentionTier((long)pair.Key.TotalMilliseconds, (long)pair.Value.TotalMilliseconds))
            .OrderBy(tier => tier.PeriodMs),
    ];

    private static string Addresses(IEnumerable<ManagementListener> listeners) =>
        string.Join(", ", listeners.Select(listener => listener.EndPoint));

    /// <summary>Those of something that is served over HTTP; null: without TLS.</summary>
    /// <param name="port">Where it is with TLS.</param>
    /// <param name="own">Its own; null: those of AMQP.</param>
    /// <param name="options">The broker's.</param>
    /// <param name="loggers">Where it is said when they are read again.</param>
    /// <exception cref="TlsException">They cannot be used.</exception>
    private static TlsCertificates? HttpCertificates(int? port, HareTlsOptions? own, HareBrokerOptions options, ILoggerFactory loggers) =>
        port is null
            ? null
            : new TlsCertificates((own ?? options.Tls).ToTlsOptions(), options.TimeProvider, loggers.CreateLogger("HareMQ.Management"));

    private static List<ManagementListener> HttpListeners(
        IPEndPoint? plain, IPEndPoint? encrypted, TlsCertificates? certificates, TimeProvider time, ILoggerFactory loggers)
    {
        var listeners = new List<ManagementListener>();
        if (plain is not null) listeners.Add(new ManagementListener(plain));
        if (encrypted is null || certificates is null) return listeners;
        var logger = loggers.CreateLogger("HareMQ.Management");
        listeners.Add(new ManagementListener(encrypted, new HttpsConnections(certificates, time, logger).Encrypt)
        {
            Certificate = () => certificates.Current().Server.TargetCertificate,
        });
        return listeners;
    }

    private static Uri LocalUri(string scheme, IPEndPoint endPoint, string path)
    {
        var isWildcard = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
        return new Uri($"{scheme}://{(isWildcard ? new IPEndPoint(IPAddress.Loopback, endPoint.Port) : endPoint)}{path}");
    }
}
