using System.Net;
using HareMQ.Broker;
using HareMQ.Broker.Clients;
using HareMQ.Management.Control;
using HareMQ.Management.Endpoints;
using HareMQ.Management.Http;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HareMQ.Management;

/// <summary>The HTTP API: Kestrel and nothing else of ASP.NET, so that a host's own web application is left alone.</summary>
internal sealed class ManagementServer : IAsyncDisposable
{
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(2);

    private readonly ManagementContext _context;
    private readonly KestrelServer _kestrel;

    private ManagementServer(ManagementContext context, ApiApplication application, KestrelServer kestrel)
    {
        _context = context;
        Application = application;
        _kestrel = kestrel;
    }

    /// <summary>Where it listens, with the ports that were chosen for port 0.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <summary>For requests that come another way.</summary>
    public ApiApplication Application { get; }

    /// <summary>Without listeners it answers what comes through <see cref="Application"/>, and samples nothing.</summary>
    /// <exception cref="IOException">An address is in use or not allowed; nothing is listened on then.</exception>
    public static async Task<ManagementServer> StartAsync(
        BrokerCore core, IConnectionDirectory clients, ManagementOptions options, TimeProvider time, ILoggerFactory loggers,
        INodeControl? node = null)
    {
        var context = new ManagementContext(core, clients, options, time, loggers.CreateLogger("HareMQ.Management")) { Node = node };
        var application = new ApiApplication(context, AllEndpoints.Create(options.ProductVersion));
        var kestrelOptions = new KestrelServerOptions { AddServerHeader = false };
        // Checked where bodies are read: Kestrel would hang up on a client that is still sending, before it hears why.
        kestrelOptions.Limits.MaxRequestBodySize = null;
        foreach (var listener in options.Listeners)
        {
            kestrelOptions.Listen(listener.EndPoint, listen =>
            {
                if (listener.Encrypt is not { } encrypt) return;
                // Without ALPN there is nothing to agree on.
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(encrypt);
            });
        }

        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        var kestrel = new KestrelServer(Options.Create(kestrelOptions), transport, loggers);
        var server = new ManagementServer(context, application, kestrel);
        if (options.Listeners.Count == 0) return server;
        try
        {
            await kestrel.StartAsync(application, CancellationToken.None);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        server.Started();
        return server;
    }

    /// <summary>Takes a sample of all statistics now, for tests.</summary>
    public void Sample() => _context.Sampler.Sample();

    public async ValueTask DisposeAsync()
    {
        _context.Sampler.Dispose();
        using var patience = new CancellationTokenSource(s_stopPatience);
        await _kestrel.StopAsync(patience.Token);
        _kestrel.Dispose();
    }

    private void Started()
    {
        var addresses = _kestrel.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        EndPoints = [.. addresses.Select(address => IPEndPoint.Parse(new Uri(address).Authority))];
        // One address for each listener, in their order.
        _context.OwnListeners = [.. EndPoints.Zip(_context.Options.Listeners, Describe)];
        foreach (var listener in _context.OwnListeners)
            ManagementLog.Listening(_context.Logger, $"{listener.Protocol}://{new IPEndPoint(IPAddress.Parse(listener.Host), listener.Port)}");
        _context.Sampler.Start(error => ManagementLog.SamplingFailed(_context.Logger, error));
    }

    private static ListenerSnapshot Describe(IPEndPoint endPoint, ManagementListener listener)
    {
        var isTls = listener.Encrypt is not null;
        return new ListenerSnapshot(isTls ? "https" : "http", endPoint.Address.ToString(), endPoint.Port, isTls);
    }
}
