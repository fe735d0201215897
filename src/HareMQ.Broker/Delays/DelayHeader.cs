using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using HareMQ.Protocol;

namespace HareMQ.Broker.Delays;

/// <summary>The header that says how long a message waits. Once it has waited, the header's value is negative: nobody delays it again.</summary>
internal static class DelayHeader
{
    public const string Name = "x-delay";

    /// <summary>A year of 365 days, in milliseconds. RabbitMQ's plugin ends at 2^32 - 1, which are 49 days.</summary>
    public const long MaxMs = 365L * 24 * 60 * 60 * 1000;

    private static ReadOnlySpan<byte> NameUtf8 => "x-delay"u8;

    /// <summary>Milliseconds that the message waits; 0 = not at all, because the header is missing, not positive, or no number.</summary>
    /// <param name="properties">Their headers table has been checked.</param>
    public static long ReadMs(in BasicProperties properties)
    {
        if (!properties.HasHeaders) return 0;
        if (!FieldTableScan.TryFind(properties.Headers, NameUtf8, out var type, out var value)) return 0;
        return Math.Clamp(Number(type, value), 0, MaxMs);
    }

    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: it is longer than anything here waits.</exception>
    public static void Check(in BasicProperties properties)
    {
        if (!properties.HasHeaders || !FieldTableScan.TryFind(properties.Headers, NameUtf8, out var type, out var value)) return;
        var delayMs = Number(type, value);
        if (delayMs > MaxMs) throw DelayErrors.DelayTooLong(delayMs);
    }

    /// <summary>The properties of a message that has waited. The broker's only change to what was published, BCC apart.</summary>
    /// <param name="properties">As published, with a positive delay.</param>
    /// <param name="scratch">May be used for the result; grown when it is too small.</param>
    public static ReadOnlySpan<byte> Negate(in BasicProperties properties, ref byte[] scratch)
    {
        var headers = properties.Headers;
        var carriesBlindCopies = FieldTableScan.TryFind(headers, "BCC"u8, out _, out _);
        if (carriesBlindCopies || !FieldTableScan.TryFind(headers, NameUtf8, out var type, out var value) || !IsSigned(type))
            return Rebuild(properties, carriesBlindCopies);

        // The number keeps its type and so its place.
        var encoded = properties.Encoded;
        if (scratch.Length < encoded.Length) scratch = new byte[Math.Max(encoded.Length, scratch.Length * 2)];
        encoded.CopyTo(scratch);
        encoded.Overlaps(value, out var offset);
        NegateInPlace(type, scratch.AsSpan(offset, value.Length));
        return scratch.AsSpan(0, encoded.Length);
    }

    private static byte[] Rebuild(in BasicProperties properties, bool removesBlindCopies)
    {
        var builder = new BasicPropertiesBuilder(properties.Encoded).SetHeader(Name, FieldValue.FromLong(-ReadMs(properties)));
        if (removesBlindCopies) builder.RemoveHeader("BCC");
        return builder.ToEncoded();
    }

    private static bool IsSigned(FieldType type) => type is FieldType.SignedInt or FieldType.SignedLong or FieldType.UnsignedLong
        or FieldType.SignedShort or FieldType.SignedByte or FieldType.Float or FieldType.Double;

    private static void NegateInPlace(FieldType type, Span<byte> value)
    {
        switch (type)
        {
            case FieldType.SignedByte: value[0] = (byte)-(sbyte)value[0]; break;
            case FieldType.SignedShort: BinaryPrimitives.WriteInt16BigEndian(value, (short)-BinaryPrimitives.ReadInt16BigEndian(value)); break;
            case FieldType.SignedInt: BinaryPrimitives.WriteInt32BigEndian(value, -BinaryPrimitives.ReadInt32BigEndian(value)); break;
            // The sign is the first bit.
            case FieldType.Float or FieldType.Double: value[0] ^= 0x80; break;
            default: BinaryPrimitives.WriteInt64BigEndian(value, -BinaryPrimitives.ReadInt64BigEndian(value)); break;
        }
    }

    private static long Number(FieldType type, ReadOnlySpan<byte> value)
    {
        if (FieldTableScan.TryReadInteger(type, value, out var number)) return number;
        return type switch
        {
            FieldType.Float => Truncate(BinaryPrimitives.ReadSingleBigEndian(value)),
            FieldType.Double => Truncate(BinaryPrimitives.ReadDoubleBigEndian(value)),
            FieldType.LongString => Parse(value),
            _ => 0,
        };
    }

    private static long Truncate(double value) => double.IsNaN(value) ? 0 : (long)Math.Clamp(value, long.MinValue, long.MaxValue);

    private static long Parse(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out long number, out var bytes) && bytes == text.Length) return number;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? Truncate(real) : 0;
    }
}
