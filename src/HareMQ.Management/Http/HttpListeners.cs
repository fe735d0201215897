using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HareMQ.Management.Http;

/// <summary>Kestrel and nothing else of ASP.NET, so that a host's own web application is left alone.</summary>
internal sealed class HttpListeners : IAsyncDisposable
{
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(2);

    private readonly KestrelServer _kestrel;

    private HttpListeners(KestrelServer kestrel) => _kestrel = kestrel;

    /// <summary>With the ports that were chosen for port 0.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <exception cref="IOException">An address is in use or not allowed; nothing is listened on then.</exception>
    public static async Task<HttpListeners> StartAsync(
        IReadOnlyList<ManagementListener> where, IHttpApplication<HttpContext> application, ILoggerFactory loggers)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        // Checked where bodies are read: Kestrel would hang up on a client that is still sending, before it hears why.
        options.Limits.MaxRequestBodySize = null;
        foreach (var listener in where) options.Listen(listener.EndPoint, listen => Encrypt(listen, listener));
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        var listeners = new HttpListeners(new KestrelServer(Options.Create(options), transport, loggers));
        try
        {
            await listeners._kestrel.StartAsync(application, CancellationToken.None);
        }
        catch
        {
            await listeners.DisposeAsync();
            throw;
        }

        var addresses = listeners._kestrel.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        listeners.EndPoints = [.. addresses.Select(address => IPEndPoint.Parse(new Uri(address).Authority))];
        return listeners;
    }

    private static void Encrypt(ListenOptions listen, ManagementListener listener)
    {
        if (listener.Encrypt is not { } encrypt) return;
        // Without ALPN there is nothing to agree on.
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(encrypt);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(s_stopPatience);
        await _kestrel.StopAsync(patience.Token);
        _kestrel.Dispose();
    }
}
