using System.Buffers.Binary;

namespace HareMQ.Storage;

/// <summary>
/// Walks the records of one segment, checking each, in pieces that grow with use. Damage costs what is damaged: inside a block the
/// next record is found by the block's stamp, after a lost block header the next block by the generation.
/// </summary>
internal sealed class SegmentReader(BufferPool buffers)
{
    private const int FirstPieceBytes = 16 << 10;
    private const int LargestPieceBytes = 256 << 10;

    private Segment? _segment;
    private uint _offset;
    private uint _blockEnd;
    private uint _stamp;
    private uint _limit;

    // The file's bytes from _windowAt on; a copy, so what is appended later is not in it.
    private byte[]? _buffer;

    // What the buffer belongs to, if it is one for a record that is larger than any piece.
    private RecordBatch? _large;
    private uint _windowAt;
    private int _windowBytes;
    private int _pieceBytes = FirstPieceBytes;

    // Size of the checked record at _offset, 0 = not looked at yet.
    private int _recordBytes;
    private List<DamagedRange>? _damages;

    public readonly record struct DamagedRange(uint Offset, uint Bytes, string Reason);

    /// <summary>Of the next record, or of the block header before it.</summary>
    public uint Offset => _offset;

    public bool HasRecord => _recordBytes != 0;

    public bool HasDamage => _damages is { Count: > 0 };

    public bool HoldsBuffer => _buffer is not null;

    /// <summary>What the next record lies in, if it is a large one: whoever retains it may keep the record.</summary>
    public RecordBatch? Memory => _large;

    /// <summary>To the start of a block.</summary>
    public void MoveTo(Segment segment, uint offset) => MoveInto(segment, offset, offset, stamp: 0);

    /// <summary>To a record of a block that is known.</summary>
    public void MoveInto(Segment segment, uint offset, uint blockEnd, uint stamp)
    {
        if (!ReferenceEquals(_segment, segment))
        {
            _segment = segment;
            _windowBytes = 0;
        }
        _offset = offset;
        _blockEnd = blockEnd;
        _stamp = stamp;
        _recordBytes = 0;
    }

    /// <summary>To where another reader of the same segment stands.</summary>
    public void MoveTo(SegmentReader other) => MoveInto(other._segment!, other._offset, other._blockEnd, other._stamp);

    /// <summary>The next good record before the limit. What was bad on the way is reported by <see cref="TakeDamages"/>.</summary>
    /// <param name="limit">Where the segment's data ends, as far as known.</param>
    /// <param name="record">Valid until the next call.</param>
    public bool TryPeek(uint limit, out RecordView record)
    {
        _limit = limit;
        while (_recordBytes == 0)
        {
            if (_offset >= _blockEnd)
            {
                if (TryEnterBlock()) continue;
                record = default;
                return false;
            }
            if (!TryCheckRecord()) SkipToNextRecord();
        }
        record = RecordView.Parse(Window(_offset, _recordBytes));
        return true;
    }

    /// <summary>Past the record that <see cref="TryPeek"/> returned.</summary>
    public void Advance()
    {
        _offset += (uint)_recordBytes;
        _recordBytes = 0;
    }

    public List<DamagedRange> TakeDamages()
    {
        var damages = _damages ?? [];
        _damages = null;
        return damages;
    }

    /// <summary>The bytes of a file at a place, if the read-ahead happens to hold them.</summary>
    public bool TryGetBuffered(Segment segment, uint offset, int bytes, out ReadOnlySpan<byte> span)
    {
        if (ReferenceEquals(segment, _segment) && IsInWindow(offset, bytes))
        {
            span = _buffer.AsSpan((int)(offset - _windowAt), bytes);
            return true;
        }
        span = default;
        return false;
    }

    /// <summary>Gives the buffer back; the place is kept.</summary>
    public void ReleaseBuffer()
    {
        ReturnBuffer();
        _windowBytes = 0;
        _recordBytes = 0;
        _pieceBytes = FirstPieceBytes;
    }

    private bool TryEnterBlock()
    {
        if (_offset >= _limit || _limit - _offset < BlockHeader.Bytes) return false;
        if (!TryReadHeader(_offset, repair: true, out var header))
        {
            if (!TryFindBlock(out var found)) return false;
            Report(_offset, found - _offset, "no block header");
            _offset = _blockEnd = found;
            return true;
        }
        // Cut short where the file is.
        _blockEnd = (uint)Math.Min(_offset + (ulong)header.BlockBytes, _limit);
        _stamp = header.Stamp;
        _offset += BlockHeader.Bytes;
        return true;
    }

    private bool TryReadHeader(uint offset, bool repair, out BlockHeader header)
    {
        var source = Window(offset, BlockHeader.Bytes);
        var generation = _segment!.Name.Generation;
        return BlockHeader.TryRead(source, generation, out header) || (repair && BlockHeader.TryRepair(source, generation, out header));
    }

    private bool TryFindBlock(out uint found)
    {
        Span<byte> generation = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(generation, _segment!.Name.Generation);
        found = _offset + 1;
        while (TryFind(generation, found + BlockHeader.GenerationAt, _limit, out var at))
        {
            found = at - BlockHeader.GenerationAt;
            if (_limit - found >= BlockHeader.Bytes && TryReadHeader(found, repair: false, out _)) return true;
            found++;
        }
        return false;
    }

    private bool TryCheckRecord()
    {
        var available = _blockEnd - _offset;
        if (available < RecordLayout.HeaderBytes) return false;
        var head = Window(_offset, RecordLayout.HeaderBytes);
        var recordBytes = BinaryPrimitives.ReadUInt32LittleEndian(head);
        // Cheap tests first: a damaged length must not make us read megabytes.
        if (recordBytes < RecordLayout.HeaderBytes || recordBytes > available || recordBytes > int.MaxValue) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[RecordLayout.StampAt..]) != _stamp) return false;
        if (!RecordView.TryParse(Window(_offset, (int)recordBytes), out var record)) return false;
        _recordBytes = record.RecordBytes;
        return true;
    }

    private void SkipToNextRecord()
    {
        Span<byte> stamp = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(stamp, _stamp);
        var bad = _offset;
        do
        {
            if (!TryFind(stamp, _offset + 1 + RecordLayout.StampAt, _blockEnd, out var found))
            {
                _offset = _blockEnd;
                break;
            }
            _offset = found - RecordLayout.StampAt;
        }
        while (!TryCheckRecord());
        Report(bad, _offset - bad, "no intact record");
    }

    private bool TryFind(ReadOnlySpan<byte> pattern, uint from, uint limit, out uint found)
    {
        found = 0;
        while (from < limit && limit - from >= (uint)pattern.Length)
        {
            var piece = (int)Math.Min(limit - from, LargestPieceBytes);
            var index = Window(from, piece).IndexOf(pattern);
            if (index >= 0)
            {
                found = from + (uint)index;
                return true;
            }
            from += (uint)(piece - pattern.Length + 1);
        }
        return false;
    }

    private void Report(uint offset, uint bytes, string reason) => (_damages ??= []).Add(new DamagedRange(offset, bytes, reason));

    private bool IsInWindow(uint offset, int bytes) =>
        offset >= _windowAt && (ulong)offset + (uint)bytes <= (ulong)_windowAt + (uint)_windowBytes;

    private ReadOnlySpan<byte> Window(uint offset, int bytes)
    {
        if (!IsInWindow(offset, bytes)) Fill(offset, bytes);
        return _buffer.AsSpan((int)(offset - _windowAt), bytes);
    }

    private void Fill(uint offset, int bytes)
    {
        var wanted = (int)Math.Max((uint)bytes, Math.Min((uint)_pieceBytes, _limit - offset));
        if (_buffer is null || _buffer.Length < wanted || _buffer.Length > 2 * LargestPieceBytes)
        {
            // A buffer that one large record needed is not kept for the small ones behind it.
            ReturnBuffer();
            if (wanted > 2 * LargestPieceBytes) _large = buffers.RentLarge(wanted);
            _buffer = _large?.Buffer ?? buffers.Rent(wanted);
        }
        _windowBytes = 0;
        int read;
        using (var lease = _segment!.File.Lease()) read = lease.File.Read(_buffer.AsSpan(0, wanted), offset);
        // Shorter than it should be: what is missing reads as damage.
        if (read < bytes) _buffer.AsSpan(read, bytes - read).Clear();
        _windowAt = offset;
        _windowBytes = Math.Max(read, bytes);
        if (!buffers.IsTight) _pieceBytes = Math.Min(_pieceBytes * 2, LargestPieceBytes);
        else _pieceBytes = FirstPieceBytes;
    }

    private void ReturnBuffer()
    {
        if (_large is not null) buffers.Return(_large);
        else if (_buffer is not null) buffers.Return(_buffer);
        _large = null;
        _buffer = null;
    }
}
