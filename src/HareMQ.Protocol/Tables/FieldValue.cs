using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace HareMQ.Protocol;

/// <summary>
/// One value of a field table. Scalars live in 8 bytes; strings, byte arrays, tables and arrays refer to immutable encoded bytes.
/// </summary>
/// <remarks>
/// <see cref="Equals(FieldValue)"/> is identity: same type, same content. <see cref="ValueEquals"/> is what headers matching
/// means by equal.
/// A default value is not valid; <see cref="Void"/> is the absent one.
/// </remarks>
internal readonly struct FieldValue : IEquatable<FieldValue>
{
    // Integers, booleans and timestamps as themselves; float and double as their own bits, so that a NaN survives;
    // a decimal as scale << 32 | unscaled value.
    private readonly long _bits;
    private readonly ReadOnlyMemory<byte> _content;

    private FieldValue(FieldType type, long bits)
    {
        Type = type;
        _bits = bits;
    }

    private FieldValue(FieldType type, ReadOnlyMemory<byte> content)
    {
        Type = type;
        _content = content;
    }

    public static FieldValue Void => new(FieldType.Void, 0);

    public FieldType Type { get; }

    /// <summary>Content of a string, byte array, table or array, without its length prefix; empty for every other type.</summary>
    public ReadOnlyMemory<byte> AsBytes => _content;

    public static FieldValue FromLong(long value) => new(FieldType.SignedLong, value);

    public static FieldValue FromInt(int value) => new(FieldType.SignedInt, value);

    public static FieldValue FromBool(bool value) => new(FieldType.Boolean, value ? 1 : 0);

    public static FieldValue FromDouble(double value) => new(FieldType.Double, BitConverter.DoubleToInt64Bits(value));

    /// <param name="seconds">Since the Unix epoch.</param>
    public static FieldValue FromTimestamp(long seconds) => new(FieldType.Timestamp, seconds);

    public static FieldValue FromString(string value) => new(FieldType.LongString, Encoding.UTF8.GetBytes(value));

    public static FieldValue FromBytes(ReadOnlySpan<byte> value) => new(FieldType.ByteArray, value.ToArray());

    public static FieldValue FromTable(FieldTable table) => new(FieldType.Table, table.Encoded);

    public static FieldValue FromArray(params ReadOnlySpan<FieldValue> elements)
    {
        var encodedBytes = 0;
        foreach (ref readonly var element in elements) encodedBytes += element.EncodedBytes;
        var encoded = new byte[encodedBytes];
        var position = 0;
        foreach (ref readonly var element in elements) position += element.WriteTo(encoded.AsSpan(position));
        return new FieldValue(FieldType.Array, encoded);
    }

    /// <summary>Decodes a value whose structure has been checked already; the memory must never change afterwards.</summary>
    internal static FieldValue FromValidated(FieldType type, ReadOnlyMemory<byte> content)
    {
        if (type.HasLengthPrefix()) return new FieldValue(type, content);
        var bytes = content.Span;
        return new FieldValue(type, type switch
        {
            FieldType.Boolean => bytes[0] != 0 ? 1 : 0,
            FieldType.SignedByte => (sbyte)bytes[0],
            FieldType.UnsignedByte => bytes[0],
            FieldType.SignedShort => BinaryPrimitives.ReadInt16BigEndian(bytes),
            FieldType.UnsignedShort => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            FieldType.SignedInt or FieldType.Float => BinaryPrimitives.ReadInt32BigEndian(bytes),
            FieldType.UnsignedInt => BinaryPrimitives.ReadUInt32BigEndian(bytes),
                        FieldType.Decimal => (long)bytes[0] << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]),
            FieldType.Void => 0,
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        });
    }

    /// <summary>True for the integers of every width; a timestamp is not one.</summary>
    public bool TryGetInteger(out long value)
    {
        value = _bits;
        return Type is FieldType.SignedLong or FieldType.SignedInt or FieldType.UnsignedInt or FieldType.SignedShort
            or FieldType.UnsignedShort or FieldType.SignedByte or FieldType.UnsignedByte or FieldType.UnsignedLong;
    }

    public bool TryGetBoolean(out bool value)
    {
        value = _bits != 0;
        return Type == FieldType.Boolean;
    }

    /// <param name="value">Since the Unix epoch, in seconds.</param>
    public bool TryGetTimestamp(out long value)
    {
        value = _bits;
        return Type == FieldType.Timestamp;
    }

    public bool TryGetDouble(out double value)
    {
        value = Type == FieldType.Float ? BitConverter.Int32BitsToSingle((int)_bits) : BitConverter.Int64BitsToDouble(_bits);
        return Type is FieldType.Double or FieldType.Float;
    }

    public bool TryGetString([NotNullWhen(true)] out string? value)
    {
        value = Type == FieldType.LongString ? Encoding.UTF8.GetString(_content.Span) : null;
        return value is not null;
    }

    /// <summary>Scale (digits after the point) and unscaled value of a decimal.</summary>
    public bool TryGetDecimal(out byte scale, out uint unscaled)
    {
        scale = (byte)(_bits >> 32);
        unscaled = (uint)_bits;
        return Type == FieldType.Decimal;
    }

    /// <summary>The nested table. The caller has looked at <see cref="Type"/>.</summary>
    public FieldTable AsTable() =>
        Type == FieldType.Table
            ? FieldTable.FromValidated(_content)
            : throw new InvalidOperationException($"A {Type.Name()} is not a table.");

    /// <summary>The elements, decoded anew by each call. The caller has looked at <see cref="Type"/>.</summary>
    public FieldValue[] AsArray()
    {
        if (Type != FieldType.Array) throw new InvalidOperationException($"A {Type.Name()} is not an array.");
        var count = 0;
        for (var counter = new FieldArrayReader(_content.Span); counter.MoveNext();) count++;
        var elements = new FieldValue[count];
        var reader = new FieldArrayReader(_content.Span);
        for (var i = 0; reader.MoveNext(); i++)
            elements[i] = FromValidated(reader.Type, _content.Slice(reader.ValueOffset, reader.ValueBytes.Length));
        return elements;
    }

    /// <summary>Type tag and value, with its length prefix where it has one.</summary>
    public int EncodedBytes => 1 + (Type.HasLengthPrefix() ? sizeof(uint) + _content.Length : Type.FixedBytes());

    /// <summary>Writes <see cref="EncodedBytes"/> bytes and returns that number.</summary>
    public int WriteTo(Span<byte> destination)
    {
        destination[0] = (byte)Type;
        var value = destination[1..];
        switch (Type)
        {
            case FieldType.Void: break;
            case FieldType.Boolean or FieldType.SignedByte or FieldType.UnsignedByte: value[0] = (byte)_bits; break;
            case FieldType.SignedShort or FieldType.UnsignedShort: BinaryPrimitives.WriteInt16BigEndian(value, (short)_bits); break;
            case FieldType.SignedInt or FieldType.UnsignedInt or FieldType.Float:
                BinaryPrimitives.WriteInt32BigEndian(value, (int)_bits);
                break;
            case FieldType.Decimal:
                value[0] = (byte)(_bits >> 32);
                BinaryPrimitives.WriteUInt32BigEndian(value[1..], (uint)_bits);
                break;
            case FieldType.LongString or FieldType.ByteArray or FieldType.Array or FieldType.Table:
                BinaryPrimitives.WriteUInt32BigEndian(value, (uint)_content.Length);
                _content.Span.CopyTo(value[sizeof(uint)..]);
                break;
            default: BinaryPrimitives.WriteInt64BigEndian(value, _bits); break;
        }

        return EncodedBytes;
    }

    /// <summary>
    /// Equality without regard to the type's width: numbers by value, strings and byte arrays by bytes, the rest by structure.
    /// </summary>
    public bool ValueEquals(FieldValue other) => FieldValueComparison.ValueEquals(this, other);

    public bool Equals(FieldValue other) =>
        Type == other.Type && _bits == other._bits && _content.Span.SequenceEqual(other._content.Span);

    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Type);
        hash.Add(_bits);
        hash.AddBytes(_content.Span);
        return hash.ToHashCode();
    }

    /// <summary>The value as reply texts print it: <c>true</c>, <c>20</c>, <c>some text</c>; tables and arrays as terms.</summary>
    public override string ToString() => FieldValueText.Format(this);
}
