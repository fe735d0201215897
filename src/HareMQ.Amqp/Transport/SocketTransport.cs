using System.Net;
using System.Net.Sockets;

namespace HareMQ.Amqp.Transport;

internal sealed class SocketTransport(Socket socket) : ITransport
{
    public EndPoint? RemoteEndPoint { get; } = socket.RemoteEndPoint;

    public EndPoint? LocalEndPoint { get; } = socket.LocalEndPoint;

    public bool HasPeerEnded => SocketPeer.HasEnded(socket);

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer, SocketFlags.None);

    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
    {
        var sending = socket.SendAsync(buffer, SocketFlags.None);
        if (!sending.IsCompletedSuccessfully) return SendRestAsync(sending, buffer);
        var sent = sending.Result;
        return sent == buffer.Length ? ValueTask.CompletedTask : SendRestAsync(new ValueTask<int>(sent), buffer);
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
