namespace HareMQ.Protocol;

/// <summary>
/// Walks the elements of an encoded array (without its u32 length) in order, without allocating. Nested values are not entered.
/// </summary>
internal ref struct FieldArrayReader(ReadOnlySpan<byte> encoded)
{
    private readonly ReadOnlySpan<byte> _encoded = encoded;
    private int _position;
    private int _valueBytes;

    public FieldType Type { get; private set; }

    /// <summary>The value's content; for the types with a length prefix, without that prefix.</summary>
    public readonly ReadOnlySpan<byte> ValueBytes => _encoded.Slice(ValueOffset, _valueBytes);

    /// <summary>Where <see cref="ValueBytes"/> starts in the encoded array.</summary>
    public int ValueOffset { get; private set; }

    /// <exception cref="ConnectionException">502 SYNTAX_ERROR: the next element is cut off or has an unknown type tag.</exception>
    public bool MoveNext()
    {
        if (_position == _encoded.Length) return false;
        FieldReader.ReadValue(_encoded, ref _position, out var type, out var valueOffset, out _valueBytes);
        Type = type;
        ValueOffset = valueOffset;
        return true;
    }
}
