using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>Compares the headers of a message, still encoded, with those of a binding.</summary>
internal static class HeaderValue
{
    private const int ScalarBytesMax = 8;

    // Values are decoded from memory that lives on, but those of a message lie in a receive buffer: a scalar is copied here first.
    [ThreadStatic]
    private static byte[]? s_scalar;

    /// <summary>Equality of <see cref="FieldValue.ValueEquals"/>. Allocates for tables and arrays only.</summary>
    public static bool AreEqual(in FieldValue expected, FieldType type, ReadOnlySpan<byte> valueBytes)
    {
        if (!IsText(type)) return expected.ValueEquals(Decode(type, valueBytes));
        return IsText(expected.Type) && expected.AsBytes.Span.SequenceEqual(valueBytes);
    }

    /// <summary>Equal values have equal hashes, whatever their types.</summary>
    public static int Hash(FieldType type, ReadOnlySpan<byte> valueBytes)
    {
        var hash = new HashCode();
        if (IsText(type)) hash.AddBytes(valueBytes);
        else if (!type.HasLengthPrefix()) hash.Add(HashScalar(Decode(type, valueBytes)));
        else hash.Add(type);
        return hash.ToHashCode();
    }

    /// <summary>As <see cref="Hash(FieldType, ReadOnlySpan{byte})"/>, the same in every process, and for an integer in any width.</summary>
    public static ulong StableHashOf(FieldType type, ReadOnlySpan<byte> valueBytes)
    {
        if (type.HasLengthPrefix()) return StableHash.Of(valueBytes);
        var value = Decode(type, valueBytes);
        return value.TryGetInteger(out var whole) || value.TryGetTimestamp(out whole) ? StableHash.Of(whole) : StableHash.Of(valueBytes);
    }

    public static int Hash(in FieldValue value)
    {
        var hash = new HashCode();
        if (IsText(value.Type)) hash.AddBytes(value.AsBytes.Span);
        else if (!value.Type.HasLengthPrefix()) hash.Add(HashScalar(in value));
        else hash.Add(value.Type);
        return hash.ToHashCode();
    }

    private static bool IsText(FieldType type) => type is FieldType.LongString or FieldType.ByteArray;

    private static int HashScalar(in FieldValue value)
    {
        // As doubles, because 1 equals 1.0.
        if (value.TryGetInteger(out var whole) || value.TryGetTimestamp(out whole)) return ((double)whole).GetHashCode();
        return value.TryGetDouble(out var number) ? number.GetHashCode() : value.GetHashCode();
    }

    private static FieldValue Decode(FieldType type, ReadOnlySpan<byte> valueBytes)
    {
        if (type.HasLengthPrefix()) return FieldValue.FromValidated(type, valueBytes.ToArray());
        s_scalar ??= new byte[ScalarBytesMax];
        valueBytes.CopyTo(s_scalar);
        return FieldValue.FromValidated(type, s_scalar);
    }
}
