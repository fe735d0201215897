using System.Net;
using System.Net.Sockets;
using HareMQ.Amqp;
using HareMQ.Amqp.Transport.Tls;
using HareMQ.Broker;
using HareMQ.Management;
using HareMQ.Management.Definitions;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

public sealed partial class HareBroker
{
    /// <summary>
    /// Where the HTTP API is, for a client on this machine: <c>http://127.0.0.1:15672/</c>, or <c>https</c> if it listens for TLS only.
    /// Null: there is none.
    /// </summary>
    public Uri? ManagementUri
    {
        get
        {
            if (_management is null or { EndPoints.Count: 0 }) return null;
            // A plain listener comes first.
            var endPoint = _management.EndPoints[0];
            var scheme = _options.ManagementPort is null ? "https" : "http";
            var isWildcard = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
            return new Uri($"{scheme}://{(isWildcard ? new IPEndPoint(IPAddress.Loopback, endPoint.Port) : endPoint)}{_options.Management.PathPrefix.TrimEnd('/')}/");
        }
    }

    /// <summary>For tests, which do not wait for the next sample of the statistics.</summary>
    internal ManagementServer? Management => _management;

    private static Task LoadDefinitionsAsync(HareBrokerOptions options, BrokerCore core, ILoggerFactory loggers) =>
        options.DefinitionsPath is { } path
            ? new BootDefinitions(path, options.DefinitionsSkipUnchanged ? options.DefinitionsHash : null)
                .LoadAsync(core, loggers.CreateLogger("HareMQ.Management"))
            : Task.CompletedTask;

    private static async Task<ManagementServer?> StartManagementAsync(
        HareBrokerOptions options, TlsCertificates? certificates, BrokerCore core, AmqpServer amqp, string directory, ILoggerFactory loggers)
    {
        var listeners = ManagementListeners(options, certificates, loggers);
        // The control socket's requests are answered by the same API.
        if (listeners.Count == 0 && options.Node is null) return null;
        var managementOptions = new ManagementOptions
        {
            Listeners = listeners,
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
            BodyBytesMax = options.Management.MaxBodyBytes,
        };
        try
        {
            return await ManagementServer.StartAsync(core, amqp, managementOptions, options.TimeProvider, loggers, options.Node);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            var addresses = string.Join(", ", listeners.Select(listener => listener.EndPoint));
            throw new HareBrokerException($"cannot listen on {addresses} for the HTTP API: {error.Message}", error);
        }
    }

    /// <exception cref="TlsException">They cannot be used.</exception>
    private static TlsCertificates? ManagementCertificates(HareBrokerOptions options, ILoggerFactory loggers) =>
        options.ManagementTlsPort is null
            ? null
            : new TlsCertificates(
                (options.ManagementTls ?? options.Tls).ToTlsOptions(), options.TimeProvider, loggers.CreateLogger("HareMQ.Management"));

    private static List<ManagementListener> ManagementListeners(
        HareBrokerOptions options, TlsCertificates? certificates, ILoggerFactory loggers)
    {
        var listeners = new List<ManagementListener>();
        if (options.EffectiveManagementListener is { } plain) listeners.Add(new ManagementListener(plain));
        if (options.EffectiveManagementTlsListener is not { } encrypted || certificates is null) return listeners;
        var logger = loggers.CreateLogger("HareMQ.Management");
        listeners.Add(new ManagementListener(encrypted, new HttpsConnections(certificates, options.TimeProvider, logger).Encrypt));
        return listeners;
    }
}
