using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HareMQ.Management.Control;

/// <summary>Serves the HTTP API on a Unix socket that only its owner may open, for as long as the process lives.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(2);

    private readonly KestrelServer _kestrel;

    private ControlServer(KestrelServer kestrel) => _kestrel = kestrel;

    /// <summary>Listens; a socket that is in the way is taken for one of a broker that has died.</summary>
    /// <param name="path">The caller holds it: no other process may listen there.</param>
    /// <param name="node">What it controls.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <exception cref="IOException">The socket cannot be made there.</exception>
    public static async Task<ControlServer> StartAsync(string path, INodeControl node, ILoggerFactory loggers)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;
        options.ListenUnixSocket(path);
        var transportOptions = new SocketTransportOptions { CreateBoundListenSocket = Bind };
        var transport = new SocketTransportFactory(Options.Create(transportOptions), loggers);
        var server = new ControlServer(new KestrelServer(Options.Create(options), transport, loggers));
        var logger = loggers.CreateLogger("HareMQ.Management");
        try
        {
            RemoveStale(path);
            await server._kestrel.StartAsync(new ControlApplication(node, logger), CancellationToken.None);
        }
        catch (Exception error) when (error is SocketException or UnauthorizedAccessException)
        {
            await server.DisposeAsync();
            throw new IOException(error.Message, error);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        ManagementLog.ControlSocketOpen(logger, path);
        return server;
    }

    /// <summary>Removes the socket as well.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(s_stopPatience);
        await _kestrel.StopAsync(patience.Token);
        _kestrel.Dispose();
    }

    /// <exception cref="IOException">It is no socket: somebody's file is left alone.</exception>
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path)) return;
        try
        {
            using var file = File.OpenHandle(path);
        }
        catch (IOException)
        {
            // Sockets cannot be opened as files.
            File.Delete(path);
            return;
        }

        throw new IOException("there is a file of that name that is no socket");
    }

    /// <summary>Nobody can connect before the socket listens, which is after its mode is set.</summary>
    private static Socket Bind(EndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            // Windows has no modes: there the rights of the directory decide.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(endPoint.ToString()!, OwnerOnly);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
