namespace HareMQ.Protocol;

/// <summary>
/// Walks the entries of an encoded table (without its u32 length) in order, without allocating. Nested values are not entered.
/// </summary>
/// <remarks>Layout of an entry: name length u8, name, type tag u8, value.</remarks>
internal ref struct FieldTableReader(ReadOnlySpan<byte> encoded)
{
    private readonly ReadOnlySpan<byte> _encoded = encoded;
    private int _position;
    private int _nameOffset;
    private int _nameBytes;
    private int _valueBytes;

    /// <summary>The entry's key. UTF-8 by convention, any bytes in practice.</summary>
    public readonly ReadOnlySpan<byte> Name => _encoded.Slice(_nameOffset, _nameBytes);

    public FieldType Type { get; private set; }

    /// <summary>The value's content; for the types with a length prefix, without that prefix.</summary>
    public readonly ReadOnlySpan<byte> ValueBytes => _encoded.Slice(ValueOffset, _valueBytes);

    /// <summary>Where <see cref="ValueBytes"/> starts in the encoded table.</summary>
    public int ValueOffset { get; private set; }

    /// <summary>Where the entry starts (its name's length octet) in the encoded table.</summary>
    public int EntryOffset { get; private set; }

    /// <summary>Bytes of the whole entry: name, tag and value with their lengths.</summary>
    public readonly int EntryBytes => _position - EntryOffset;

    /// <exception cref="ConnectionException">502 SYNTAX_ERROR: the next entry is cut off or has an unknown type tag.</exception>
    public bool MoveNext()
    {
        if (_position == _encoded.Length) return false;
        EntryOffset = _position;
        _nameBytes = _encoded[_position++];
        if (_nameBytes > _encoded.Length - _position) throw Malformed.Table("a name reaches past the end");
        _nameOffset = _position;
        _position += _nameBytes;
        FieldReader.ReadValue(_encoded, ref _position, out var type, out var valueOffset, out _valueBytes);
        Type = type;
        ValueOffset = valueOffset;
        return true;
    }
}
