using System.Buffers.Binary;

namespace HareMQ.Storage;

/// <summary>
/// Messages encoded as the very records that the store keeps. Written by one connection, then shared by the queues it goes to:
/// each of them holds one reference, and the last release returns the batch to a bounded pool.
/// </summary>
internal sealed class RecordBatch
{
    private const int FirstBufferBytes = 4096;

    private byte[] _buffer = [];
    private int _written;
    private int _openBytes;
    private int _references;

    internal RecordBatch()
    {
    }

    /// <summary>Records that were ended.</summary>
    public int Count { get; private set; }

    public int WrittenBytes => _written;

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _written);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _written);

    /// <summary>
    /// Carried by every record of the batch and by the blocks made of it. Bytes of an earlier life of a file carry another stamp,
    /// so they are never taken for records, not even where sizes and places agree.
    /// </summary>
    internal uint Stamp { get; private set; }

    internal int BufferBytes => _buffer.Length;

    /// <summary>An empty batch with one reference.</summary>
    public static RecordBatch Rent(int capacityHintBytes = 0)
    {
        var batch = RecordBatchPool.Take();
        batch.Stamp = RecordBatchPool.NextStamp();
        batch._references = 1;
        if (batch._buffer.Length < capacityHintBytes) batch._buffer = GC.AllocateUninitializedArray<byte>(capacityHintBytes);
        return batch;
    }

    /// <summary>Starts a record and returns its body to be filled. The span is gone with the next Begin, which may move the buffer.</summary>
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

    /// <summary>Seals the record that Begin started.</summary>
    public RecordRange End()
    {
        if (_openBytes == 0) throw new InvalidOperationException("No record was begun.");
        var record = _buffer.AsSpan(_written, _openBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[RecordLayout.CrcAt..], RecordView.Checksum(record));
        var range = new RecordRange(_written, _openBytes, 1);
        _written += _openBytes;
        _openBytes = 0;
        Count++;
        return range;
    }

    /// <summary>Forgets the record that Begin started.</summary>
    public void Abandon() => _openBytes = 0;

    public void Retain()
    {
        if (Interlocked.Increment(ref _references) <= 1) throw new InvalidOperationException("A released batch was retained.");
    }

    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left < 0) throw new InvalidOperationException("The batch was released more often than retained.");
        if (left > 0) return;
        _written = 0;
        _openBytes = 0;
        Count = 0;
        if (_buffer.Length > RecordBatchPool.KeptBufferBytesMax) _buffer = [];
        RecordBatchPool.Return(this);
    }

    private void EnsureRoom(int recordBytes)
    {
        var needed = checked(_written + recordBytes);
        if (needed <= _buffer.Length) return;
        var doubled = Math.Min((long)_buffer.Length * 2, Array.MaxLength);
        var grown = GC.AllocateUninitializedArray<byte>((int)Math.Max(doubled, Math.Max(needed, FirstBufferBytes)));
        _buffer.AsSpan(0, _written).CopyTo(grown);
        _buffer = grown;
    }
}
