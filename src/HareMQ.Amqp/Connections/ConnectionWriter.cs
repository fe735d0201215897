using System.Buffers;
using HareMQ.Amqp.Transport;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Statistics;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Connections;

/// <summary>
/// The outbound side of a connection. Everybody who has something to say encodes it under <see cref="Gate"/>, and <see cref="Flush"/> sends
/// whatever has gathered; so frames of a command never interleave, and many small commands share one send.
/// </summary>
internal sealed class ConnectionWriter(ITransport transport, TrafficCounts? traffic = null)
{
    /// <summary>Above this many unsent bytes consumers get nothing more, and the connection's requests are not read.</summary>
    public const int PendingBytesMax = 2 * 1024 * 1024;

    /// <summary>At or below this many unsent bytes they go on.</summary>
    private const int PendingBytesLow = PendingBytesMax / 2;

    private const int ChunkBytes = 64 * 1024;

    /// <summary>A content up to this size is put into one chunk, so that it leaves in one send.</summary>
    private const int ContiguousBytesMax = 256 * 1024;

    /// <summary>Sends in a row on the thread of somebody who only wanted to flush, before the work moves to the pool.</summary>
    private const int BorrowedSendsMax = 16;

    /// <summary>As <see cref="BorrowedSendsMax"/>, on the thread that waits for sockets.</summary>
    private const int SocketThreadSendsMax = 2;

    // All guarded by Gate.
    private readonly Queue<ArraySegment<byte>> _full = new();
    private readonly List<Consumer> _waitingConsumers = [];
    private readonly TrafficCounts _traffic = traffic ?? new TrafficCounts();
    private byte[]? _chunk;
    private int _chunkUsed;
    private bool _sending;
    private bool _ended;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _drained;

    /// <summary>A leaf lock: nothing is awaited and nothing else is locked inside.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Bytes encoded and not yet taken by the transport. Exact under <see cref="Gate"/>.</summary>
    public int PendingBytes { get; private set; }

    /// <summary>Why sending ended, if it ended by an error.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Nothing more that is delivered would reach the client: connection.close is written, or the transport is gone. Guarded by <see cref="Gate"/>.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Bytes sent in all. Read by any thread.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Encodes a method frame.</summary>
    public void Write<TMethod>(ushort channel, scoped in TMethod method)
        where TMethod : struct, IAmqpMethod, allows ref struct
    {
        lock (Gate) WriteLocked(channel, method);
    }

    /// <summary>As <see cref="Write"/>, for a caller that holds <see cref="Gate"/>.</summary>
    public void WriteLocked<TMethod>(ushort channel, scoped in TMethod method)
        where TMethod : struct, IAmqpMethod, allows ref struct
    {
        var bytes = method.FrameBytes;
        method.WriteFrame(Reserve(bytes), channel);
        Commit(bytes);
    }

    /// <summary>Encodes connection.close or close-ok: the last word.</summary>
    public void WriteLast<TMethod>(scoped in TMethod method)
        where TMethod : struct, IAmqpMethod, allows ref struct
    {
        lock (Gate)
        {
            WriteLocked(0, method);
            IsOver = true;
        }
    }

    /// <summary>Encodes a method with content as one unit. The caller holds <see cref="Gate"/>.</summary>
    public void WriteContentLocked<TMethod>(
        ushort channel, scoped in TMethod method, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> body, int frameMaxBytes)
        where TMethod : struct, IAmqpMethod, allows ref struct
    {
        var header = new ContentHeader(BasicDeliver.ClassId, (ulong)body.Length, properties);
        var methodBytes = method.FrameBytes;
        var headBytes = methodBytes + header.FrameBytes;
        var bodyFrameMax = frameMaxBytes - Frame.OverheadBytes;
        if (body.Length <= bodyFrameMax && headBytes + body.Length + Frame.OverheadBytes <= ContiguousBytesMax)
        {
            var bytes = headBytes + (body.IsEmpty ? 0 : body.Length + Frame.OverheadBytes);
            var span = Reserve(bytes);
            method.WriteFrame(span, channel);
            header.WriteFrame(span[methodBytes..], channel);
            if (!body.IsEmpty) FrameWriter.WriteBody(body, span[headBytes..], channel);
            Commit(bytes);
            return;
        }

        var head = Reserve(headBytes);
        method.WriteFrame(head, channel);
        header.WriteFrame(head[methodBytes..], channel);
        Commit(headBytes);
        while (!body.IsEmpty)
        {
            var piece = body[..Math.Min(body.Length, bodyFrameMax)];
            var bytes = piece.Length + Frame.OverheadBytes;
            FrameWriter.WriteBody(piece, Reserve(bytes), channel);
            Commit(bytes);
            body = body[piece.Length..];
        }
    }

    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        lock (Gate)
        {
            bytes.CopyTo(Reserve(bytes.Length));
            Commit(bytes.Length);
        }
    }

    /// <summary>Asks for <see cref="MessageQueue.ConsumerReady"/> once there is room again. The caller holds <see cref="Gate"/>.</summary>
    public void WakeWhenThereIsRoomLocked(Consumer consumer)
    {
        if (!_waitingConsumers.Contains(consumer)) _waitingConsumers.Add(consumer);
    }

    /// <summary>Sends what is pending, unless somebody else is at it. Never waits; the caller's thread may do the sending.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            if (_sending || _ended || PendingBytes == 0) return;
            _sending = true;
        }

        _ = SendPendingAsync();
    }

    /// <summary>Completes when requests may be read again: unsent answers must not pile up without a bound.</summary>
    public ValueTask WaitForRoomAsync()
    {
        lock (Gate)
        {
            if (PendingBytes <= PendingBytesMax || _ended) return ValueTask.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    /// <summary>Completes when all that was encoded so far has been sent, or cannot be any more.</summary>
    public async Task DrainAsync()
    {
        Flush();
        Task drained;
        lock (Gate)
        {
            if (PendingBytes == 0 || _ended) return;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
        }

        await drained;
    }

    /// <summary>The connection is over: what is pending is dropped, whoever waits goes on.</summary>
    public void End()
    {
        lock (Gate)
        {
            _ended = true;
            IsOver = true;
            if (!_sending) DropPending();
            _waitingConsumers.Clear();
            _room?.TrySetResult();
            _drained?.TrySetResult();
        }
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_chunk is not null && _chunk.Length - _chunkUsed >= bytes) return _chunk.AsSpan(_chunkUsed);
        if (_chunk is not null) _full.Enqueue(new ArraySegment<byte>(_chunk, 0, _chunkUsed));
        _chunk = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, ChunkBytes));
        _chunkUsed = 0;
        return _chunk;
    }

    private void Commit(int bytes)
    {
        _chunkUsed += bytes;
        PendingBytes += bytes;
        if (_ended) DropPending();
    }

    private async Task SendPendingAsync()
    {
        var borrowed = 0;
        try
        {
            while (TryTakeChunk(out var chunk))
            {
                var sending = transport.SendAsync(chunk);
                var mustWait = !sending.IsCompletedSuccessfully;
                await sending;
                if (mustWait) borrowed = Thread.CurrentThread.IsThreadPoolThread ? int.MinValue : BorrowedSendsMax - SocketThreadSendsMax;
                Sent(chunk);
                // From here on this is pool work that nobody waits for; before that it is somebody's thread on loan.
                if (++borrowed == BorrowedSendsMax) await Task.Yield();
            }
        }
        catch (Exception error)
        {
            // The read loop meets the same broken transport, ends the connection and reports this as the reason.
            lock (Gate)
            {
                _sending = false;
                Failure ??= error;
            }

            transport.Abort();
            End();
        }
    }

    private bool TryTakeChunk(out ArraySegment<byte> chunk)
    {
        lock (Gate)
        {
            if (_ended) DropPending();
            if (_full.TryDequeue(out chunk)) return true;
            if (_chunkUsed > 0)
            {
                chunk = new ArraySegment<byte>(_chunk!, 0, _chunkUsed);
                _chunk = null;
                _chunkUsed = 0;
                return true;
            }

            _sending = false;
            chunk = default;
            _drained?.TrySetResult();
            _drained = null;
            return false;
        }
    }

    private void Sent(ArraySegment<byte> chunk)
    {
        Consumer[] ready = [];
        lock (Gate)
        {
            SentBytes += chunk.Count;
            _traffic.SentBytes = SentBytes;
            _traffic.Sends++;
            if (!_ended) PendingBytes -= chunk.Count;
            if (PendingBytes <= PendingBytesLow)
            {
                if (_waitingConsumers.Count > 0)
                {
                    ready = [.. _waitingConsumers];
                    _waitingConsumers.Clear();
                }

                _room?.TrySetResult();
                _room = null;
            }
        }

        ArrayPool<byte>.Shared.Return(chunk.Array!);
        foreach (var consumer in ready) consumer.Queue?.ConsumerReady(consumer);
    }

    private void DropPending()
    {
        while (_full.TryDequeue(out var chunk)) ArrayPool<byte>.Shared.Return(chunk.Array!);
        if (_chunk is not null) ArrayPool<byte>.Shared.Return(_chunk);
        _chunk = null;
        _chunkUsed = 0;
        PendingBytes = 0;
    }
}
