using System.Net;
using System.Threading.Channels;
using HareMQ.Amqp.Transport;

namespace HareMQ.Amqp.Tests.Server;

/// <summary>One end of a byte stream inside the process; what one end sends the other receives.</summary>
internal sealed class MemoryTransport : ITransport
{
    private readonly Channel<byte[]> _incoming;
    private readonly Channel<byte[]> _outgoing;
    private readonly int _readBytesMax;
    private ReadOnlyMemory<byte> _rest;

    private MemoryTransport(Channel<byte[]> incoming, Channel<byte[]> outgoing, int readBytesMax)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        _readBytesMax = readBytesMax;
    }

    public EndPoint? RemoteEndPoint => null;

    public EndPoint? LocalEndPoint => null;

    /// <param name="readBytesMax">What one receive of the server's end gives at most.</param>
    public static (MemoryTransport Server, MemoryTransport Client) CreatePair(int readBytesMax = int.MaxValue)
    {
        var toServer = Channel.CreateBounded<byte[]>(64);
        var toClient = Channel.CreateBounded<byte[]>(64);
        return (new MemoryTransport(toServer, toClient, readBytesMax), new MemoryTransport(toClient, toServer, int.MaxValue));
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        while (_rest.IsEmpty)
        {
            if (!await _incoming.Reader.WaitToReadAsync()) return 0;
            if (_incoming.Reader.TryRead(out var next)) _rest = next;
        }

        var bytes = Math.Min(Math.Min(buffer.Length, _readBytesMax), _rest.Length);
        _rest[..bytes].CopyTo(buffer);
        _rest = _rest[bytes..];
        return bytes;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
    {
        var copy = buffer.ToArray();
        try
        {
            await _outgoing.Writer.WriteAsync(copy);
        }
        catch (ChannelClosedException error)
        {
            throw new IOException("The other end is closed.", error);
        }
    }

    public void Abort()
    {
        _outgoing.Writer.TryComplete();
        _incoming.Writer.TryComplete();
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }
}
