using System.Net;
using HareMQ.Amqp.Transport.Tls;

namespace HareMQ.Amqp.Transport;

/// <summary>A byte stream to one client: a socket, a TLS stream over one, or a pair of pipes in a test.</summary>
/// <remarks>One receive and one send may be under way at a time.</remarks>
internal interface ITransport : IAsyncDisposable
{
    /// <summary>The client's address; behind a proxy that tells it, the one the proxy names.</summary>
    EndPoint? RemoteEndPoint { get; }

    EndPoint? LocalEndPoint { get; }

    /// <summary>Null: not encrypted.</summary>
    TlsSession? Tls => null;

    /// <summary>Receives what is there, at least one byte; 0 = the peer has ended its side.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all of the buffer. Completes synchronously whenever the kernel takes everything at once.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> buffer);

    /// <summary>Sends all of the buffers, one after the other.</summary>
    async ValueTask SendAsync(IList<ArraySegment<byte>> buffers)
    {
        foreach (var buffer in buffers) await SendAsync((ReadOnlyMemory<byte>)buffer);
    }

    /// <summary>
    /// The peer has ended its side, although nobody receives at the moment. False where that cannot be told: sending will show it sooner or
    /// later.
    /// </summary>
    bool HasPeerEnded => false;

    /// <summary>Ends both directions at once; pending calls fail. May be called from any thread, more than once.</summary>
    void Abort();
}
