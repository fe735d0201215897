using System.Buffers.Binary;

namespace HareMQ.Protocol;

/// <summary>
/// The one place that knows how a tagged value lies in memory: tag, then a fixed number of bytes or a u32 length and that many.
/// </summary>
internal static class FieldReader
{
    /// <summary>
    /// Reads the tag at <paramref name="position"/>, finds the value's content (after its length prefix) and moves past it.
    /// </summary>
    /// <exception cref="ConnectionException">502 SYNTAX_ERROR: unknown tag, or the value reaches past the end.</exception>
    public static void ReadValue(
        ReadOnlySpan<byte> encoded, ref int position, out FieldType type, out int valueOffset, out int valueBytes)
    {
        if (position >= encoded.Length) throw Malformed.Table("a value has no type tag");
        type = (FieldType)encoded[position++];
        valueBytes = type.FixedBytes();
        if (valueBytes < 0) valueBytes = ReadLength(encoded, ref position, type);
        if (valueBytes > encoded.Length - position) throw Malformed.Table("a value reaches past the end");
        valueOffset = position;
        position += valueBytes;
    }

    private static int ReadLength(ReadOnlySpan<byte> encoded, ref int position, FieldType type)
    {
        if (!type.HasLengthPrefix()) throw Malformed.UnknownFieldType((byte)type);
        if (!BinaryPrimitives.TryReadUInt32BigEndian(encoded[position..], out var length)) throw Malformed.Table("a value has no length");
        position += sizeof(uint);
        if (length > (uint)(encoded.Length - position)) throw Malformed.Table("a value reaches past the end");
        return (int)length;
    }
}
