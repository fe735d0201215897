using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>TLS over a socket, after its handshake. Owns both.</summary>
internal sealed class TlsTransport(SslStream stream, Socket socket, TlsSession session, EndPoint? remote, EndPoint? local) : ITransport
{
    /// <summary>How long a peer that reads nothing may hold up the end.</summary>
    private static readonly TimeSpan s_farewellTimeout = TimeSpan.FromSeconds(1);

    private volatile bool _aborted;

    public EndPoint? RemoteEndPoint { get; } = remote;

    public EndPoint? LocalEndPoint { get; } = local;

    public TlsSession? Tls { get; } = session;

    public bool HasPeerEnded => SocketPeer.HasEnded(socket);

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            // An empty read waits for the peer without a buffer of the stream's own: those 32 KiB are what an idle connection would hold.
#pragma warning disable CA2022 // Nothing is read into nothing.
            await stream.ReadAsync(Memory<byte>.Empty);
#pragma warning restore CA2022
            return await stream.ReadAsync(buffer);
        }
        catch (Exception error) when (error is AuthenticationException or InvalidOperationException and not ObjectDisposedException)
        {
            // What the peer sent is no TLS any more: a failure of the transport like any other.
            throw new IOException(error.Message, error);
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer) => stream.WriteAsync(buffer);

    public void Abort()
    {
        _aborted = true;
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The peer was faster, or the socket is closed: nothing is left to shut down.
        }

        socket.Dispose();
    }

    /// <summary>Says farewell (close_notify), or the peer would take the end for a cut line.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_aborted) await stream.ShutdownAsync().WaitAsync(s_farewellTimeout);
        }
        catch (Exception)
        {
            // The peer is gone, does not read, or has broken the encryption: it sees the end of the connection instead. Whatever it was, the
            // reason for the end is logged already, and the rest must still be given back.
        }

        await stream.DisposeAsync();
        socket.Dispose();
    }
}
