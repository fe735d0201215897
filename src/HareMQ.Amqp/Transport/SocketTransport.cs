using System.Net;
using System.Net.Sockets;

namespace HareMQ.Amqp.Transport;

/// <param name="socket">A connected socket, owned by the transport from now on.</param>
/// <param name="proxied">What a proxy in front of the client said; nothing if there is none.</param>
internal sealed class SocketTransport(Socket socket, ProxyHeader proxied = default) : ITransport
{
    public EndPoint? RemoteEndPoint { get; } = proxied.Source ?? socket.RemoteEndPoint;

    public EndPoint? LocalEndPoint { get; } = proxied.Destination ?? socket.LocalEndPoint;

    public bool HasPeerEnded => SocketPeer.HasEnded(socket);

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer, SocketFlags.None);

    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
    {
        var sending = socket.SendAsync(buffer, SocketFlags.None);
        if (!sending.IsCompletedSuccessfully) return SendRestAsync(sending, buffer);
        var sent = sending.Result;
        return sent == buffer.Length ? ValueTask.CompletedTask : SendRestAsync(new ValueTask<int>(sent), buffer);
    }

    public async ValueTask SendAsync(IList<ArraySegment<byte>> buffers)
    {
        var sent = await socket.SendAsync(buffers, SocketFlags.None);
        foreach (var buffer in buffers)
        {
            var skipped = Math.Min(sent, buffer.Count);
            sent -= skipped;
            if (skipped < buffer.Count) await SendAsync((ReadOnlyMemory<byte>)buffer[skipped..]);
        }
    }

    public void Abort()
    {
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

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask SendRestAsync(ValueTask<int> first, ReadOnlyMemory<byte> buffer)
    {
        buffer = buffer[await first..];
        while (!buffer.IsEmpty) buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None)..];
    }
}
