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
    private readonly MetricsOptions _options;

    private MetricsServer(HttpListeners listeners, MetricsOptions options) => (_listeners, _options) = (listeners, options);

    /// <summary>Where it listens, one for each listener of the options, with the ports that were chosen for port 0.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => _listeners.EndPoints;

    /// <summary>As health checks name them.</summary>
    public IReadOnlyList<ListenerSnapshot> Listeners =>
        [.. EndPoints.Zip(_options.Listeners, (opened, listener) => listener.Describe(opened, "/prometheus"))];

    /// <exception cref="IOException">An address is in use or not allowed; nothing is listened on then.</exception>
    public static async Task<MetricsServer> StartAsync(
        BrokerCore core, IConnectionDirectory clients, MetricsOptions options, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger("HareMQ.Management");
        var application = new MetricsApplication(core, clients, options, logger);
        var server = new MetricsServer(await HttpListeners.StartAsync(options.Listeners, application, loggers), options);
        foreach (var (opened, listener) in server.EndPoints.Zip(options.Listeners))
            ManagementLog.MetricsListening(logger, listener.Encrypt is null ? "http" : "https", opened, options.Path);
        return server;
    }

    public ValueTask DisposeAsync() => _listeners.DisposeAsync();
}
