namespace HareMQ.Protocol;

/// <summary>
/// Value tags of field tables as RabbitMQ reads and writes them; where the written specification differs, RabbitMQ's meaning wins.
/// </summary>
internal enum FieldType : byte
{
    Boolean = (byte)'t',
    SignedByte = (byte)'b',
    UnsignedByte = (byte)'B',
    SignedShort = (byte)'s',
    UnsignedShort = (byte)'u',
    SignedInt = (byte)'I',
    UnsignedInt = (byte)'i',
    SignedLong = (byte)'l',

    /// <summary>Unsigned in the specification, read as signed here because every client means it so. Never emitted by the broker.</summary>
    UnsignedLong = (byte)'L',
    Float = (byte)'f',
    Double = (byte)'d',
    Decimal = (byte)'D',
    LongString = (byte)'S',
    ByteArray = (byte)'x',
    Array = (byte)'A',
    Timestamp = (byte)'T',
    Table = (byte)'F',
    Void = (byte)'V',
}

internal static class FieldTypes
{
    /// <summary>The type's name as reply texts spell it: <c>received the value '20' of type 'signedint'</c>.</summary>
    public static string Name(this FieldType type) => type switch
    {
        FieldType.Boolean => "bool",
        FieldType.SignedByte => "byte",
        FieldType.UnsignedByte => "unsignedbyte",
        FieldType.SignedShort => "short",
        FieldType.UnsignedShort => "unsignedshort",
        FieldType.SignedInt => "signedint",
        FieldType.UnsignedInt => "unsignedint",
        FieldType.SignedLong or FieldType.UnsignedLong => "long",
        FieldType.Float => "float",
        FieldType.Double => "double",
        FieldType.Decimal => "decimal",
        FieldType.LongString => "longstr",
        FieldType.ByteArray => "binary",
        FieldType.Array => "array",
        FieldType.Timestamp => "timestamp",
        FieldType.Table => "table",
        FieldType.Void => "void",
        _ => "unknown",
    };

    /// <summary>Whether the value is a u32 length followed by that many bytes.</summary>
    public static bool HasLengthPrefix(this FieldType type) =>
        type is FieldType.LongString or FieldType.ByteArray or FieldType.Array or FieldType.Table;

    /// <summary>Bytes of a value of fixed size, or -1 for a type with a length prefix and for an unknown tag.</summary>
    public static int FixedBytes(this FieldType type) => type switch
    {
        FieldType.Void => 0,
        FieldType.Boolean or FieldType.SignedByte or FieldType.UnsignedByte => 1,
        FieldType.SignedShort or FieldType.UnsignedShort => 2,
        FieldType.SignedInt or FieldType.UnsignedInt or FieldType.Float => 4,
        FieldType.Decimal => 5,
        FieldType.SignedLong or FieldType.UnsignedLong or FieldType.Double or FieldType.Timestamp => 8,
        _ => -1,
    };
}
