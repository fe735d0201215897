using System.Net;
using HareMQ.Broker;
using HareMQ.Broker.Clients;
using HareMQ.Management.Http;
using Microsoft.Extensions.Logging;

namespace HareMQ.Management.Metrics;

/// <summary>Serves metrics to Prometheus, on a listener of their own so that nothing else need be reachable from there.</summary>
internal sealed class MetricsServer : IAsyncDisposable
{
    private readonly HttpListeners _listeners;

    private MetricsServer(HttpListeners listeners) => _listeners = listeners;

    /// <summary>Where it listens, with the port that was chosen for port 0.</summary>
    public IPEndPoint EndPoint => _listeners.EndPoints[0];

    /// <summary>As health checks name it.</summary>
    public ListenerSnapshot Listener => new("http/prometheus", EndPoint.Address.ToString(), EndPoint.Port);

    /// <exception cref="IOException">The address is in use or not allowed.</exception>
    public static async Task<MetricsServer> StartAsync(
        BrokerCore core, IConnectionDirectory clients, MetricsOptions options, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger("HareMQ.Management");
        var application = new MetricsApplication(core, clients, options, logger);
        var server = new MetricsServer(await HttpListeners.StartAsync([new ManagementListener(options.Listener)], application, loggers));
        ManagementLog.MetricsListening(logger, server.EndPoint, options.Path);
        return server;
    }

    public ValueTask DisposeAsync() => _listeners.DisposeAsync();
}
