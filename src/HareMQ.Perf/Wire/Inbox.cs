namespace HareMQ.Perf;

/// <summary>Bytes received and not yet read. Owned by one thread; grows for a frame that does not fit.</summary>
internal sealed class Inbox(int capacityBytes)
{
    private byte[] _buffer = new byte[capacityBytes];
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    public void Reserve(int capacity)
    {
        if (_buffer.Length < capacity) MoveTo(new byte[capacity]);
    }

    /// <summary>Room for the next receive, never empty. Spans of <see cref="Unread"/> are dead afterwards.</summary>
    public Span<byte> Room()
    {
        if (_start == _end) _start = _end = 0;
        else if (_end - _start == _buffer.Length) MoveTo(new byte[_buffer.Length * 2]);
        else if (_buffer.Length - _end < _buffer.Length / 2) MoveTo(_buffer);
        return _buffer.AsSpan(_end);
    }

    public void Received(int bytes) => _end += bytes;

    public void Read(int bytes) => _start += bytes;

    private void MoveTo(byte[] buffer)
    {
        Unread.CopyTo(buffer);
        _end -= _start;
        _start = 0;
        _buffer = buffer;
    }
}
