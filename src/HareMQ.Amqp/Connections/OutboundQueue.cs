using System.Buffers;
using HareMQ.Broker.Messages;

namespace HareMQ.Amqp.Connections;

/// <summary>
/// What a connection has still to send, in order: what was encoded for it, in chunks, and large bodies between them, which stay in the batch
/// that brought them. Guarded by the writer's gate.
/// </summary>
internal sealed class OutboundQueue
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Between two lent bodies there is little more than the head of a delivery.</summary>
    private const int ChunkAfterLentBytes = 1024;

    /// <summary>Lent bodies and the chunks between them leave together, up to this many; more would cost the socket an array for each send.</summary>
    private const int PiecesMax = 8;

    private readonly Queue<OutboundPiece> _full = new();
    private byte[]? _chunk;
    private int _used;
    private bool _lentLast;

    /// <summary>Room for <paramref name="bytes"/> bytes, of which those count that <see cref="Commit"/> is told.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_chunk is not null && _chunk.Length - _used >= bytes) return _chunk.AsSpan(_used);
        EndChunk();
        _chunk = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, _lentLast ? ChunkAfterLentBytes : ChunkBytes));
        _lentLast = false;
        return _chunk;
    }

    public void Commit(int bytes) => _used += bytes;

    /// <summary>Sends a part of a batch from where it is; the batch is retained until then.</summary>
    public void Lend(MessageMemory memory, ReadOnlySpan<byte> part)
    {
        EndChunk();
        memory.Retain();
        _full.Enqueue(new OutboundPiece(memory.SegmentOf(part), memory));
        _lentLast = true;
    }

    /// <summary>Takes what the next send is to consist of: a chunk, or lent bodies with the chunks around them.</summary>
    /// <param name="pieces">Empty; whoever takes them releases them.</param>
    /// <returns>False: there is nothing.</returns>
    public bool TryTake(List<OutboundPiece> pieces)
    {
        if (_full.Count == 0) EndChunk();
        while (_full.TryPeek(out var next))
        {
            if (pieces.Count > 0 && (pieces.Count == PiecesMax || !(next.IsLent || pieces[^1].IsLent))) break;
            pieces.Add(_full.Dequeue());
            if (_full.Count == 0 && next.IsLent) EndChunk();
        }

        return pieces.Count > 0;
    }

    public void Drop()
    {
        EndChunk();
        while (_full.TryDequeue(out var piece)) piece.Release();
    }

    private void EndChunk()
    {
        if (_chunk is null) return;
        _full.Enqueue(new OutboundPiece(new ArraySegment<byte>(_chunk, 0, _used), memory: default));
        _chunk = null;
        _used = 0;
    }
}

/// <summary>A stretch of bytes to be sent: a chunk from the pool, or a part of a batch that was retained for it.</summary>
internal readonly struct OutboundPiece(ArraySegment<byte> bytes, MessageMemory memory)
{
    public ArraySegment<byte> Bytes => bytes;

    public bool IsLent => !memory.IsNone;

    /// <summary>Its bytes are not needed any more.</summary>
    public void Release()
    {
        if (IsLent) memory.Release();
        else ArrayPool<byte>.Shared.Return(bytes.Array!);
    }
}
