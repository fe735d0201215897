using System.Net;
using System.Net.Sockets;
using HareMQ.Amqp;
using HareMQ.Broker;
using HareMQ.Management;
using HareMQ.Management.Metrics;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

public sealed partial class HareBroker
{
    /// <summary>Where the HTTP API is, for a client on this machine: <c>http://127.0.0.1:15672/</c>. Null: there is none.</summary>
    public Uri? ManagementUri => _management is null or { EndPoints.Count: 0 } ? null : LocalUri(_management.EndPoints[0], "/");

    /// <summary>Where metrics are, for a client on this machine: <c>http://127.0.0.1:15692/metrics</c>. Null: there are none.</summary>
    public Uri? PrometheusUri => _metrics is null ? null : LocalUri(_metrics.EndPoint, _options.PrometheusPath);

    /// <summary>For tests, which do not wait for the next sample of the statistics.</summary>
    internal ManagementServer? Management => _management;

    private static async Task<ManagementServer?> StartManagementAsync(
        HareBrokerOptions options, BrokerCore core, AmqpServer amqp, MetricsServer? metrics, string directory, ILoggerFactory loggers)
    {
        var listener = options.EffectiveManagementListener;
        // The control socket's requests are answered by the same API.
        if (listener is null && options.Node is null) return null;
        var managementOptions = new ManagementOptions
        {
            Listeners = listener is null ? [] : [listener],
            OtherListeners = metrics is null ? [] : [metrics.Listener],
            NodeName = options.NodeName,
            ClusterName = options.EffectiveClusterName,
            ProductName = options.ProductName,
            ProductVersion = Version,
            DataDirectory = directory,
            ConfigurationFiles = options.ConfigurationFiles,
            AuthMechanisms = [.. options.AuthMechanisms],
        };
        return await ListenAsync(
            listener, "the HTTP API",
            ManagementServer.StartAsync(core, amqp, managementOptions, options.TimeProvider, loggers, options.Node));
    }

    private static async Task<MetricsServer?> StartMetricsAsync(
        HareBrokerOptions options, BrokerCore core, AmqpServer amqp, ILoggerFactory loggers)
    {
        if (options.EffectivePrometheusListener is not { } listener) return null;
        var metricsOptions = new MetricsOptions
        {
            Listener = listener,
            Path = options.PrometheusPath,
            PerObject = options.PrometheusPerObjectMetrics,
            NodeName = options.NodeName,
            ClusterName = () => ManagementContext.ClusterNameOf(core) ?? options.EffectiveClusterName,
            ProductName = options.ProductName,
            ProductVersion = Version,
        };
        return await ListenAsync(listener, "metrics", MetricsServer.StartAsync(core, amqp, metricsOptions, loggers));
    }

    private static async Task<T> ListenAsync<T>(IPEndPoint? listener, string purpose, Task<T> starting)
    {
        try
        {
            return await starting;
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new HareBrokerException($"cannot listen on {listener} for {purpose}: {error.Message}", error);
        }
    }

    private static Uri LocalUri(IPEndPoint endPoint, string path)
    {
        var isWildcard = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
        return new Uri($"http://{(isWildcard ? new IPEndPoint(IPAddress.Loopback, endPoint.Port) : endPoint)}{path}");
    }
}
