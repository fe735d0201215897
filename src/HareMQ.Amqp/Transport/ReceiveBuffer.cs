using System.Buffers;

namespace HareMQ.Amqp.Transport;

/// <summary>
/// The contiguous bytes that were received and not yet consumed. Small while little arrives, large while reads fill it, so an idle connection
/// costs little and a busy one makes few system calls. Owned by the connection's read loop.
/// </summary>
internal sealed class ReceiveBuffer : IDisposable
{
    /// <summary>Holds most RPC traffic; what an idle connection keeps.</summary>
    private const int BytesMin = 4 * 1024;

    /// <summary>One read of this size is encoded, routed and stored as one batch. Only a frame that is larger makes the buffer larger.</summary>
    public const int BytesMax = 256 * 1024;

    /// <summary>Small reads in a row after which a large buffer is given back.</summary>
    private const int SmallReadsBeforeShrinking = 64;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(BytesMin);
    private int _start;
    private int _end;
    private int _smallReads;

    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    /// <summary>
    /// Where the next read goes; never empty, or the read would look like the peer's end. Whoever leaves bytes unread has checked that they
    /// belong to one frame within the negotiated limit, so that bounds the buffer.
    /// </summary>
    public Memory<byte> GetFree()
    {
        var unread = _end - _start;
        if (unread == 0) _start = _end = 0;
        if (_bytes.Length - _end < _bytes.Length / 2)
        {
            if (unread == _bytes.Length || (unread > _bytes.Length / 2 && _bytes.Length < BytesMax)) Resize(_bytes.Length * 2);
            else if (_start > 0) MoveTo(_bytes);
        }

        return _bytes.AsMemory(_end);
    }

    public void Received(int bytes)
    {
        var filled = _end + bytes == _bytes.Length;
        _end += bytes;
        if (filled && _bytes.Length < BytesMax)
        {
            Resize(Math.Min(BytesMax, _bytes.Length * 4));
            _smallReads = 0;
        }
        else if (_bytes.Length > BytesMin && bytes < BytesMin / 2)
        {
            _smallReads++;
        }
        else
        {
            _smallReads = 0;
        }
    }

    public void Consume(int bytes) => _start += bytes;

    /// <summary>Called when everything complete has been consumed: gives a large buffer back after a while of small reads.</summary>
    public void ShrinkIfIdle()
    {
        var isOversized = _bytes.Length > BytesMax && _end == _start;
        if (!isOversized && (_smallReads < SmallReadsBeforeShrinking || _end - _start > BytesMin)) return;
        Resize(BytesMin);
        _smallReads = 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _end = 0;
    }

    private void Resize(int bytes)
    {
        var old = _bytes;
        MoveTo(ArrayPool<byte>.Shared.Rent(bytes));
        ArrayPool<byte>.Shared.Return(old);
    }

    private void MoveTo(byte[] destination)
    {
        Unread.CopyTo(destination);
        _end -= _start;
        _start = 0;
        _bytes = destination;
    }
}
