using HareMQ.Amqp.Transport;
using HareMQ.Broker.Messages;
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

    /// <summary>A content up to this size is put into one chunk, so that it leaves in one send.</summary>
    private const int ContiguousBytesMax = 256 * 1024;

    /// <summary>A body of at least this size is sent from the memory it is in, if it can be: copying it would cost more than another piece to send.</summary>
    private const int LentBytesMin = 16 * 1024;

    /// <summary>All of the memory it is in stays for it: a body that is less than this part of it would cost more than it saves.</summary>
    private const int LentShareMin = 8;

    /// <summary>Sends in a row on the thread of somebody who only wanted to flush, before the work moves to the pool.</summary>
    private const int BorrowedSendsMax = 16;

    /// <summary>As <see cref="BorrowedSendsMax"/>, on the thread that waits for sockets.</summary>
    private const int SocketThreadSendsMax = 2;

    // All guarded by Gate.
    private readonly OutboundQueue _pending = new();
    private readonly List<Consumer> _waitingConsumers = [];
    private readonly TrafficCounts _traffic = traffic ?? new TrafficCounts();
    private bool _sending;
    private bool _ended;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _drained;

    // Of whoever is sending.
    private readonly List<OutboundPiece> _taken = [];
    private readonly List<ArraySegment<byte>> _gathered = [];

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
    /// <param name="channel">Its channel.</param>
    /// <param name="method">What brings the content.</param>
    /// <param name="properties">As on the wire.</param>
    /// <param name="body">The body.</param>
    /// <param name="frameMaxBytes">The largest frame that the client takes.</param>
    /// <param name="memory">What <paramref name="body"/> lies in, if it may be kept.</param>
    public void WriteContentLocked<TMethod>(
        ushort channel, scoped in TMethod method, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> body, int frameMaxBytes,
        MessageMemory memory = default)
        where TMethod : struct, IAmqpMethod, allows ref struct
    {
        var isLent = body.Length >= LentBytesMin && !memory.IsNone && body.Length >= memory.Bytes / LentShareMin;
        var header = new ContentHeader(BasicDeliver.ClassId, (ulong)body.Length, properties);
        var methodBytes = method.FrameBytes;
        var headBytes = methodBytes + header.FrameBytes;
        var bodyFrameMax = frameMaxBytes - Frame.OverheadBytes;
        if (!isLent && body.Length <= bodyFrameMax && headBytes + body.Length + Frame.OverheadBytes <= ContiguousBytesMax)
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
            if (isLent) WriteLentBody(piece, memory, channel);
            else WriteBody(piece, channel);
            body = body[piece.Length..];
        }
    }

    private void WriteBody(ReadOnlySpan<byte> body, ushort channel)
    {
        var bytes = body.Length + Frame.OverheadBytes;
        FrameWriter.WriteBody(body, Reserve(bytes), channel);
        Commit(bytes);
    }

    private void WriteLentBody(ReadOnlySpan<byte> body, MessageMemory memory, ushort channel)
    {
        FrameWriter.WriteHeader(Reserve(Frame.HeaderBytes), FrameType.Body, channel, body.Length);
        Commit(Frame.HeaderBytes);
        _pending.Lend(memory, body);
        PendingBytes += body.Length;
        Reserve(1)[0] = Frame.End;
        Commit(1);
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

    private Span<byte> Reserve(int bytes) => _pending.Reserve(bytes);

    private void Commit(int bytes)
    {
        _pending.Commit(bytes);
        PendingBytes += bytes;
        if (_ended) DropPending();
    }

    private async Task SendPendingAsync()
    {
        var borrowed = 0;
        try
        {
            while (TryTake())
            {
                var sending = _gathered.Count == 1 ? transport.SendAsync(_gathered[0]) : transport.SendAsync(_gathered);
                var mustWait = !sending.IsCompletedSuccessfully;
                await sending;
                if (mustWait) borrowed = Thread.CurrentThread.IsThreadPoolThread ? int.MinValue : BorrowedSendsMax - SocketThreadSendsMax;
                Sent();
                // From here on this is pool work that nobody waits for; before that it is somebody's thread on loan.
                if (++borrowed == BorrowedSendsMax) await Task.Yield();
            }
        }
        catch (Exception error)
        {
            // The read loop meets the same broken transport, ends the connection and reports this as the reason.
            lock (Gate)
            {
                ReleaseTaken();
                _sending = false;
                Failure ??= error;
            }

            transport.Abort();
            End();
        }
    }

    private bool TryTake()
    {
        lock (Gate)
        {
            if (_ended) DropPending();
            if (_pending.TryTake(_taken))
            {
                foreach (var piece in _taken) _gathered.Add(piece.Bytes);
                return true;
            }

            _sending = false;
            _drained?.TrySetResult();
            _drained = null;
            return false;
        }
    }

    private void Sent()
    {
        Consumer[] ready = [];
        var bytes = 0;
        foreach (var piece in _gathered) bytes += piece.Count;
        ReleaseTaken();
        lock (Gate)
        {
            SentBytes += bytes;
            _traffic.SentBytes = SentBytes;
            _traffic.Sends++;
            if (!_ended) PendingBytes -= bytes;
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

        foreach (var consumer in ready) consumer.Queue?.ConsumerReady(consumer);
    }

    private void ReleaseTaken()
    {
        foreach (var piece in _taken) piece.Release();
        _taken.Clear();
        _gathered.Clear();
    }

    private void DropPending()
    {
        _pending.Drop();
        PendingBytes = 0;
    }
}
