using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>Frames waiting to be sent. Owned by one thread; its memory is kept.</summary>
internal sealed class Outbox
{
    private byte[] _buffer = new byte[256];
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    public ReadOnlySpan<byte> Unsent => _buffer.AsSpan(_start, _end - _start);

    public void Sent(int bytes)
    {
        _start += bytes;
        if (_start == _end) _start = _end = 0;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _end += bytes.Length;
    }

    public void Write<TMethod>(scoped in TMethod method, ushort channel)
        where TMethod : struct, IAmqpMethod, allows ref struct =>
        _end += FrameWriter.WriteMethod(method, Reserve(method.FrameBytes), channel);

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _end < bytes) Array.Resize(ref _buffer, (_buffer.Length * 2) + bytes);
        return _buffer.AsSpan(_end);
    }
}
