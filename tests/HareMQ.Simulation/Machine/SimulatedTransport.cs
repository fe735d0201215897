using System.Net;
using HareMQ.Amqp.Transport;

namespace HareMQ.Simulation.Machine;

/// <summary>A connection's bytes on their way, in both directions, in pieces of any size.</summary>
internal sealed class SimulatedTransport(EventLoop loop, Random random, string name) : ITransport
{
    private readonly Queue<byte[]> _toServer = new();
    private readonly Queue<byte[]> _toClient = new();
    private TaskCompletionSource<int>? _receiving;
    private Memory<byte> _receiveBuffer;
    private TaskCompletionSource? _sending;
    private bool _isAborted;
    private bool _hasClientEnded;
    private int _arrived;

    public EndPoint? RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 40000);

    public EndPoint? LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 5672);

    /// <summary>Called with what arrives at the client; nothing = the server has hung up.</summary>
    public Action<ReadOnlySpan<byte>>? Arrived { get; set; }

    /// <summary>The server is through with the connection.</summary>
    public Action? ServerEnded { get; set; }

    /// <summary>Bytes of the client that the server has taken.</summary>
    public long TakenBytes { get; private set; }

    /// <summary>Bytes that the client has sent.</summary>
    public long SentBytes { get; private set; }

    /// <summary>The client takes only so much in at a time; the server waits with the rest.</summary>
    public bool IsSlow { get; init; }

    public void SendToServer(byte[] bytes)
    {
        if (_isAborted || _hasClientEnded) return;
        SentBytes += bytes.Length;
        _toServer.Enqueue(bytes);
        loop.Add($"{name} bytes for the server", () =>
        {
            _arrived++;
            Feed();
        });
    }

    /// <summary>The client is gone, and with it what was not read on either side.</summary>
    public void HangUp(bool losesBytes)
    {
        _hasClientEnded = true;
        Arrived = null;
        if (losesBytes)
        {
            _toServer.Clear();
            _arrived = 0;
        }

        loop.Add($"{name} hang-up", Feed);
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        if (_isAborted) throw new IOException("The connection was aborted.");
        _receiveBuffer = buffer;
        if (TryTake(out var taken)) return new ValueTask<int>(taken);
        _receiving = new TaskCompletionSource<int>();
        return new ValueTask<int>(_receiving.Task);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
    {
        if (_isAborted || _hasClientEnded) throw new IOException("The connection is broken.");
        _toClient.Enqueue(buffer.ToArray());
        loop.Add($"{name} bytes for the client", DeliverToClient);
        if (!IsSlow || random.Next(2) == 0) return default;
        _sending = new TaskCompletionSource();
        return new ValueTask(_sending.Task);
    }

    public void Abort()
    {
        if (_isAborted) return;
        _isAborted = true;
        Interlocked.Exchange(ref _receiving, null)?.SetException(new IOException("The connection was aborted."));
        Interlocked.Exchange(ref _sending, null)?.SetException(new IOException("The connection was aborted."));
        loop.Add($"{name} end for the client", () => Arrived?.Invoke([]));
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        ServerEnded?.Invoke();
        return default;
    }

    private void Feed()
    {
        if (_receiving is null || !TryTake(out var taken)) return;
        Interlocked.Exchange(ref _receiving, null)!.SetResult(taken);
    }

    private bool TryTake(out int taken)
    {
        taken = 0;
        while (_arrived > 0 && _toServer.TryPeek(out var piece))
        {
            var room = _receiveBuffer.Length - taken;
            if (room == 0) break;
            // One read may end anywhere in what was sent at once.
            var count = Math.Min(room, random.Next(6) == 0 ? random.Next(1, piece.Length + 1) : piece.Length);
            piece.AsSpan(0, count).CopyTo(_receiveBuffer.Span[taken..]);
            taken += count;
            _toServer.Dequeue();
            if (count == piece.Length)
            {
                _arrived--;
                continue;
            }

            PutBack(piece[count..]);
            loop.Add($"{name} rest for the server", Feed);
            break;
        }

        TakenBytes += taken;
        return taken > 0 || (_hasClientEnded && _toServer.Count == 0);
    }

    private void PutBack(byte[] rest)
    {
        var behind = _toServer.ToArray();
        _toServer.Clear();
        _toServer.Enqueue(rest);
        foreach (var piece in behind) _toServer.Enqueue(piece);
    }

    private void DeliverToClient()
    {
        if (!_toClient.TryDequeue(out var bytes)) return;
        var arrived = Arrived;
        if (arrived is not null && random.Next(8) == 0 && bytes.Length > 1)
        {
            var cut = random.Next(1, bytes.Length);
            arrived(bytes.AsSpan(0, cut));
            Arrived?.Invoke(bytes.AsSpan(cut));
        }
        else
        {
            arrived?.Invoke(bytes);
        }

        if (_toClient.Count == 0) Interlocked.Exchange(ref _sending, null)?.SetResult();
    }
}
