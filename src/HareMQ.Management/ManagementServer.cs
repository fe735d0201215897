using System.Net;
using HareMQ.Broker;
using HareMQ.Broker.Clients;
using HareMQ.Management.Control;
using HareMQ.Management.Endpoints;
using HareMQ.Management.Http;
using Microsoft.Extensions.Logging;

namespace HareMQ.Management;

/// <summary>The HTTP API.</summary>
internal sealed class ManagementServer : IAsyncDisposable
{
    private readonly ManagementContext _context;
    private HttpListeners? _listeners;

    private ManagementServer(ManagementContext context, ApiApplication application)
    {
        _context = context;
        Application = application;
    }

    /// <summary>Where it listens, with the ports that were chosen for port 0.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => _listeners?.EndPoints ?? [];

    /// <summary>For requests that come another way.</summary>
    public ApiApplication Application { get; }

    /// <summary>Without listeners it answers what comes through <see cref="Application"/>, and samples nothing.</summary>
    /// <exception cref="IOException">An address is in use or not allowed; nothing is listened on then.</exception>
    public static async Task<ManagementServer> StartAsync(
        BrokerCore core, IConnectionDirectory clients, ManagementOptions options, TimeProvider time, ILoggerFactory loggers,
        INodeControl? node = null)
    {
        var context = new ManagementContext(core, clients, options, time, loggers.CreateLogger("HareMQ.Management")) { Node = node };
        var server = new ManagementServer(context, new ApiApplication(context, AllEndpoints.Create(options.ProductVersion)));
        if (options.Listeners.Count == 0) return server;
        server._listeners = await HttpListeners.StartAsync(options.Listeners, server.Application, loggers);
        server.Started();
        return server;
    }

    /// <summary>Takes a sample of all statistics now, for tests.</summary>
    public void Sample() => _context.Sampler.Sample();

    public async ValueTask DisposeAsync()
    {
        _context.Sampler.Dispose();
        if (_listeners is not null) await _listeners.DisposeAsync();
    }

    private void Started()
    {
        _context.OwnEndPoints = EndPoints;
        foreach (var listener in _context.OwnListeners)
            ManagementLog.Listening(_context.Logger, $"{listener.Protocol}://{new IPEndPoint(IPAddress.Parse(listener.Host), listener.Port)}");
        if (_context.Options.HasRates) _context.Sampler.Start(error => ManagementLog.SamplingFailed(_context.Logger, error));
    }
}
