using System.Buffers.Binary;

namespace HareMQ.Storage;

/// <summary>
/// Messages encoded as the very records that the store keeps. Written by one connection, then shared by the queues it goes to:
/// each of them holds one reference, and the last release returns the batch to a bounded pool.
/// </summary>
internal sealed class RecordBatch
{
    private byte[] _buffer;

    // Where the first record is.
    private int _start;
    private int _written;
    private int _openBytes;
    private int _references;
    private volatile bool _isSealed;

    internal RecordBatch(int bufferBytes) => _buffer = GC.AllocateUninitializedArray<byte>(bufferBytes);

    /// <summary>Records that were ended.</summary>
    public int Count { get; private set; }

    public int WrittenBytes => _written;

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _written);

    /// <summary>A part of <see cref="WrittenSpan"/>, for as long as the batch is retained.</summary>
    public ArraySegment<byte> SegmentOf(ReadOnlySpan<byte> part)
    {
        if (!WrittenSpan.Overlaps(part, out var offset)) throw new ArgumentException("The bytes are none of the batch's.", nameof(part));
        return new ArraySegment<byte>(_buffer, offset, part.Length);
    }

    /// <summary>
    /// Carried by every record of the batch and by the blocks made of it. Bytes of an earlier life of a file carry another stamp,
    /// so they are never taken for records, not even where sizes and places agree.
    /// </summary>
    internal uint Stamp { get; private set; }

    internal int BufferBytes => _buffer.Length;

    /// <summary>An empty batch with one reference.</summary>
    /// <param name="capacityHintBytes">About what it is going to hold. It may hold more, at a price; a buffer much too large is paid by whoever keeps the batch.</param>
    public static RecordBatch Rent(int capacityHintBytes = 0)
    {
        var batch = RecordBatchPool.Take(capacityHintBytes);
        batch.Stamp = RecordBatchPool.NextStamp();
        batch._references = 1;
        return batch;
    }

    /// <summary>An empty batch whose bytes are those of another place: what a log reads a large record into.</summary>
    public static RecordBatch ForReading(int bytes)
    {
        var batch = Rent(bytes);
        batch._written = bytes;
        return batch;
    }

    /// <summary>What <see cref="ForReading"/> is for; at least as large as was asked.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>
    /// Takes over a buffer in which the body of the next record lies already, behind room for its head. <see cref="Begin"/> then returns the
    /// place where the body is.
    /// </summary>
    /// <param name="buffer">Belongs to the batch from now on, unless the answer is no.</param>
    /// <param name="bodyAt">Where the body begins.</param>
    /// <param name="headBytes">What <see cref="Begin"/> is going to write before it.</param>
    /// <returns>False: there is a record in the batch already, or no room for the head.</returns>
    public bool TryAdopt(byte[] buffer, int bodyAt, int headBytes)
    {
        if (_written > 0 || _openBytes > 0 || bodyAt < headBytes) return false;
        _buffer = buffer;
        _start = _written = bodyAt - headBytes;
        return true;
    }

    /// <summary>Starts a record and returns its body to be filled, before the next Begin, which may move the buffer.</summary>
    /// <param name="exchange">At most 255 bytes.</param>
    /// <param name="routingKey">At most 255 bytes.</param>
    /// <param name="properties">As they were on the wire.</param>
    /// <param name="bodyBytes">Size of the body.</param>
    /// <param name="flags">Stored as they are.</param>
    /// <param name="priority">Stored as it is.</param>
    /// <param name="timestampMs">Unix milliseconds.</param>
    /// <param name="expiresAtMs">Unix milliseconds, 0 = never.</param>
    public Span<byte> Begin(
        ReadOnlySpan<byte> exchange,
        ReadOnlySpan<byte> routingKey,
        ReadOnlySpan<byte> properties,
        int bodyBytes,
        RecordFlags flags,
        byte priority,
        long timestampMs,
        long expiresAtMs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exchange.Length, RecordLayout.NameBytesMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(routingKey.Length, RecordLayout.NameBytesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(bodyBytes);
        if (_openBytes != 0) throw new InvalidOperationException("The record before was neither ended nor abandoned.");

        var bodyAt = RecordLayout.HeaderBytes + exchange.Length + routingKey.Length + properties.Length;
        var recordBytes = checked(bodyAt + bodyBytes);
        EnsureRoom(recordBytes);

        var record = _buffer.AsSpan(_written, recordBytes);
        BinaryPrimitives.WriteInt32LittleEndian(record, recordBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[RecordLayout.StampAt..], Stamp);
        record[RecordLayout.FlagsAt] = (byte)flags;
        record[RecordLayout.PriorityAt] = priority;
        record[RecordLayout.ExchangeBytesAt] = (byte)exchange.Length;
        record[RecordLayout.RoutingKeyBytesAt] = (byte)routingKey.Length;
        BinaryPrimitives.WriteInt64LittleEndian(record[RecordLayout.TimestampAt..], timestampMs);
        BinaryPrimitives.WriteInt64LittleEndian(record[RecordLayout.ExpiresAt..], expiresAtMs);
        BinaryPrimitives.WriteInt32LittleEndian(record[RecordLayout.PropertiesBytesAt..], properties.Length);
        exchange.CopyTo(record[RecordLayout.HeaderBytes..]);
        routingKey.CopyTo(record[(RecordLayout.HeaderBytes + exchange.Length)..]);
        properties.CopyTo(record[(bodyAt - properties.Length)..]);
        _openBytes = recordBytes;
        return record[bodyAt..];
    }

    /// <summary>Ends the record that Begin started.</summary>
    public RecordRange End()
    {
        if (_openBytes == 0) throw new InvalidOperationException("No record was begun.");
        _isSealed = false;
        var range = new RecordRange(_written, _openBytes, 1);
        _written += _openBytes;
        _openBytes = 0;
        Count++;
        return range;
    }

    /// <summary>Forgets the record that Begin started.</summary>
    public void Abandon() => _openBytes = 0;

    /// <summary>
    /// Gives every record its checksum; many are delivered without ever needing it. Several logs may do this at the same time: all of them
    /// write the same.
    /// </summary>
    public void Seal()
    {
        if (_isSealed) return;
        for (var at = _start; at < _written;)
        {
            var record = RecordView.Parse(_buffer.AsSpan(at, _written - at)).Bytes;
            BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(at + RecordLayout.CrcAt), RecordView.Checksum(record));
            at += record.Length;
        }

        _isSealed = true;
    }

    public void Retain()
    {
        if (Interlocked.Increment(ref _references) <= 1) throw new InvalidOperationException("A released batch was retained.");
    }

    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left < 0) throw new InvalidOperationException("The batch was released more often than retained.");
        if (left > 0) return;
        _start = 0;
        _written = 0;
        _openBytes = 0;
        Count = 0;
        RecordBatchPool.Return(this);
    }

    private void EnsureRoom(int recordBytes)
    {
        var needed = checked(_written + recordBytes);
        if (needed <= _buffer.Length) return;
        // The pool has buffers in batches: one of them goes there with this one's.
        var larger = RecordBatchPool.Take(RecordBatchPool.BufferBytesFor(needed, _buffer.Length));
        _buffer.AsSpan(0, _written).CopyTo(larger._buffer);
        (_buffer, larger._buffer) = (larger._buffer, _buffer);
        RecordBatchPool.Return(larger);
    }
}
