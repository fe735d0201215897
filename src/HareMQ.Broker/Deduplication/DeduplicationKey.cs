using System.Buffers.Binary;
using System.Security.Cryptography;
using HareMQ.Protocol;

namespace HareMQ.Broker.Deduplication;

/// <summary>
/// A message's key, as 128 bits of its SHA-256: a collision would lose a message, and publishers must not be able to make one. Integers of every
/// width are equal by value, other values if type and bytes are.
/// </summary>
internal static class DeduplicationKey
{
    private const int StackBytesMax = 512;

    /// <param name="properties">Their headers table has been checked.</param>
    /// <param name="settings">Which header it is.</param>
    /// <param name="nowMs">When the message came.</param>
    /// <param name="key">Its key.</param>
    /// <param name="expiresAtMs">Until when it is to be remembered, milliseconds since the Unix epoch.</param>
    /// <returns>False: the message has none.</returns>
    public static bool TryRead(
        in BasicProperties properties, DeduplicationSettings settings, long nowMs, out UInt128 key, out long expiresAtMs)
    {
        key = default;
        expiresAtMs = long.MaxValue;
        if (!properties.HasHeaders || !FieldTableScan.TryFind(properties.Headers, settings.HeaderUtf8, out var type, out var value)) return false;
        if (type == FieldType.Void) return false;
        key = Hash(type, value);
        if (TimeToLiveMs(properties.Headers) is { } own) expiresAtMs = nowMs + own;
        else if (settings.CacheTtlMs is { } ttl) expiresAtMs = nowMs + ttl;
        return true;
    }

    private static long? TimeToLiveMs(ReadOnlySpan<byte> headers) =>
        FieldTableScan.TryFind(headers, "x-cache-ttl"u8, out var type, out var value) && FieldTableScan.TryReadInteger(type, value, out var ttl) && ttl > 0
            ? Math.Min(ttl, Queues.QueueSettings.TimeMaxMs)
            : null;

    private static UInt128 Hash(FieldType type, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        if (FieldTableScan.TryReadInteger(type, value, out var integer))
        {
            BinaryPrimitives.WriteInt64BigEndian(number, integer);
            type = FieldType.SignedLong;
            value = number;
        }

        Span<byte> text = value.Length < StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[value.Length + 1];
        text[0] = (byte)type;
        value.CopyTo(text[1..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..(value.Length + 1)], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
