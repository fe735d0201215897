using System.Buffers.Binary;

namespace HareMQ.Protocol;

/// <summary>Questions about an encoded table (without its u32 length) that are answered in place, without allocating.</summary>
internal static class FieldTableScan
{
    /// <summary>
    /// Levels of tables and arrays inside each other, the outermost table included. Bounds the stack of everything that descends.
    /// </summary>
    public const int DepthMax = 32;

    /// <summary>Finds the first entry of that name. Looks at the outermost level only.</summary>
    /// <exception cref="ConnectionException">502 SYNTAX_ERROR: an entry before the one searched for is malformed.</exception>
    public static bool TryFind(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> name, out FieldType type, out ReadOnlySpan<byte> valueBytes)
    {
        var reader = new FieldTableReader(encoded);
        while (reader.MoveNext())
        {
            if (!reader.Name.SequenceEqual(name)) continue;
            type = reader.Type;
            valueBytes = reader.ValueBytes;
            return true;
        }

        type = FieldType.Void;
        valueBytes = default;
        return false;
    }

    /// <summary>The value of an integer of any width, as <see cref="TryFind"/> returned it.</summary>
    public static bool TryReadInteger(FieldType type, ReadOnlySpan<byte> valueBytes, out long value)
    {
        switch (type)
        {
            case FieldType.SignedByte: value = (sbyte)valueBytes[0]; return true;
            case FieldType.UnsignedByte: value = valueBytes[0]; return true;
            case FieldType.SignedShort: value = BinaryPrimitives.ReadInt16BigEndian(valueBytes); return true;
            case FieldType.UnsignedShort: value = BinaryPrimitives.ReadUInt16BigEndian(valueBytes); return true;
            case FieldType.SignedInt: value = BinaryPrimitives.ReadInt32BigEndian(valueBytes); return true;
            case FieldType.UnsignedInt: value = BinaryPrimitives.ReadUInt32BigEndian(valueBytes); return true;
            case FieldType.SignedLong or FieldType.UnsignedLong: value = BinaryPrimitives.ReadInt64BigEndian(valueBytes); return true;
            default: value = 0; return false;
        }
    }

    /// <summary>Checks the structure of every level and the depth.</summary>
    /// <exception cref="ConnectionException">502 SYNTAX_ERROR: malformed, or nested deeper than <see cref="DepthMax"/>.</exception>
    public static void Validate(ReadOnlySpan<byte> encoded) => ValidateTable(encoded, depth: 1);

    private static void ValidateTable(ReadOnlySpan<byte> encoded, int depth)
    {
        if (depth > DepthMax) throw Malformed.TableTooDeep(DepthMax);
        var reader = new FieldTableReader(encoded);
        while (reader.MoveNext()) ValidateNested(reader.Type, reader.ValueBytes, depth);
    }

    private static void ValidateArray(ReadOnlySpan<byte> encoded, int depth)
    {
        if (depth > DepthMax) throw Malformed.TableTooDeep(DepthMax);
        var reader = new FieldArrayReader(encoded);
        while (reader.MoveNext()) ValidateNested(reader.Type, reader.ValueBytes, depth);
    }

    private static void ValidateNested(FieldType type, ReadOnlySpan<byte> content, int depth)
    {
        if (type == FieldType.Table) ValidateTable(content, depth + 1);
        else if (type == FieldType.Array) ValidateArray(content, depth + 1);
    }
}
