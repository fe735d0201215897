namespace HareMQ.Protocol;

/// <summary>Which properties follow the flags word; on the wire they come in the order of the bits, highest first.</summary>
[Flags]
internal enum BasicPropertyFlags : ushort
{
    None = 0,
    ContentType = 1 << 15,
    ContentEncoding = 1 << 14,
    Headers = 1 << 13,
    DeliveryMode = 1 << 12,
    Priority = 1 << 11,
    CorrelationId = 1 << 10,
    ReplyTo = 1 << 9,
    Expiration = 1 << 8,
    MessageId = 1 << 7,
    Timestamp = 1 << 6,
    Type = 1 << 5,
    UserId = 1 << 4,
    AppId = 1 << 3,
    ClusterId = 1 << 2,

    /// <summary>Bit 0 says that another flags word follows, bit 1 has no property: class basic uses neither.</summary>
    Invalid = 0b11,

    Octets = DeliveryMode | Priority,
}
