namespace HareMQ.Storage;

/// <summary>Byte offsets in a record; all integers are little-endian. Names, properties and body follow the header in this order.</summary>
/// <remarks>
/// <code>
///  0        4        8        12      13        14         15         16           24           32           36
///  | length | crc32c | stamp  | flags | priority | exchange | routing  | timestamp  | expires at | properties |
///  | u32    | u32    | u32    | u8    | u8       | length u8| key len u8| i64, ms   | i64, ms    | length u32 |
/// </code>
/// The length counts the whole record. The checksum covers the length and everything after the checksum.
/// </remarks>
internal static class RecordLayout
{
    public const int LengthAt = 0;
    public const int CrcAt = 4;
    public const int StampAt = 8;
    public const int FlagsAt = 12;
    public const int PriorityAt = 13;
    public const int ExchangeBytesAt = 14;
    public const int RoutingKeyBytesAt = 15;
    public const int TimestampAt = 16;
    public const int ExpiresAt = 24;
    public const int PropertiesBytesAt = 32;

    /// <summary>Also the smallest record. More than a block header: a gap of a block header between two records holds no record.</summary>
    public const int HeaderBytes = 36;

    /// <summary>An AMQP short string is no longer.</summary>
    public const int NameBytesMax = byte.MaxValue;
}
