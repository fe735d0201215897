using System.Net;
using System.Net.Sockets;

namespace HareMQ.Hosting.Tests.Proxies;

/// <summary>Passes connections on to a broker, each with the given bytes in front, in pieces of the given size.</summary>
internal sealed class HeaderProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _target;
    private readonly byte[] _header;
    private readonly int _pieceBytes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    public HeaderProxy(IPEndPoint target, byte[] header, int pieceBytes = int.MaxValue)
    {
        _target = target;
        _header = header;
        _pieceBytes = pieceBytes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true) passing.Add(PassOnAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassOnAsync(TcpClient client)
    {
        using var broker = new TcpClient { NoDelay = true };
        using (client)
        {
            await broker.ConnectAsync(_target, _stopping.Token);
            foreach (var piece in _header.Chunk(_pieceBytes)) await broker.GetStream().WriteAsync(piece, _stopping.Token);
            await Task.WhenAny(CopyAsync(client, broker), CopyAsync(broker, client));
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream(), _stopping.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone, and the other goes with it.
        }
    }
}
