using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace HareMQ.Protocol;

/// <summary>Changes that the broker itself makes to a message's properties, over the encoded ones the publisher sent.</summary>
/// <remarks>
/// What is not touched keeps its bytes. A changed header table is written sorted by name, each name once (the first wins).
/// </remarks>
internal sealed class BasicPropertiesBuilder(ReadOnlySpan<byte> encoded)
{
    private const BasicPropertyFlags First = BasicPropertyFlags.ContentType;

    private readonly byte[] _original = Checked(encoded);

    // Encoded value by property, with its length where it has one; null: removed.
    private readonly Dictionary<BasicPropertyFlags, byte[]?> _changes = [];

    // Value by header name; null: removed.
    private readonly Dictionary<string, FieldValue?> _headerChanges = new(StringComparer.Ordinal);

    public BasicPropertiesBuilder SetHeader(string name, FieldValue value)
    {
        _headerChanges[name] = value;
        return this;
    }

    public BasicPropertiesBuilder RemoveHeader(string name)
    {
        _headerChanges[name] = null;
        return this;
    }

    /// <param name="value">Decimal milliseconds.</param>
    public BasicPropertiesBuilder SetExpiration(string value) => Set(BasicPropertyFlags.Expiration, ShortString(value));

    public BasicPropertiesBuilder RemoveExpiration() => Set(BasicPropertyFlags.Expiration, null);

    public BasicPropertiesBuilder SetReplyTo(string value) => Set(BasicPropertyFlags.ReplyTo, ShortString(value));

    public BasicPropertiesBuilder SetDeliveryMode(byte value) => Set(BasicPropertyFlags.DeliveryMode, [value]);

    public BasicPropertiesBuilder SetContentType(string value) => Set(BasicPropertyFlags.ContentType, ShortString(value));

    /// <param name="seconds">Since the Unix epoch.</param>
    public BasicPropertiesBuilder SetTimestamp(long seconds)
    {
        var value = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(value, seconds);
        return Set(BasicPropertyFlags.Timestamp, value);
    }

    /// <summary>Flags word and property list, as a content header carries them.</summary>
    public byte[] ToEncoded()
    {
        var properties = BasicProperties.Read(_original);
        var list = new ArrayBufferWriter<byte>(_original.Length + 64);
        var flags = BasicPropertyFlags.None;
        list.Advance(ReserveFlags(list));
        for (var flag = First; (flag & BasicPropertyFlags.Invalid) == 0; flag = (BasicPropertyFlags)((ushort)flag >> 1))
        {
            var value = ValueOf(properties, flag);
            if (value.IsEmpty) continue;
            flags |= flag;
            list.Write(value);
        }

        var result = list.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(result, (ushort)flags);
        return result;
    }

    private static byte[] Checked(ReadOnlySpan<byte> encoded)
    {
        BasicProperties.Read(encoded);
        return encoded.ToArray();
    }

    private static int ReserveFlags(ArrayBufferWriter<byte> list)
    {
        list.GetSpan(sizeof(ushort));
        return sizeof(ushort);
    }

    private static byte[] ShortString(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, byte.MaxValue, nameof(value));
        var encoded = new byte[1 + bytes];
        encoded[0] = (byte)bytes;
        Encoding.UTF8.GetBytes(value, encoded.AsSpan(1));
        return encoded;
    }

    private BasicPropertiesBuilder Set(BasicPropertyFlags flag, byte[]? encodedValue)
    {
        _changes[flag] = encodedValue;
        return this;
    }

    private ReadOnlySpan<byte> ValueOf(BasicProperties properties, BasicPropertyFlags flag)
    {
        if (flag == BasicPropertyFlags.Headers && _headerChanges.Count > 0)
            return HeaderTableMerge.Merge(properties.Headers, _headerChanges);
        return _changes.TryGetValue(flag, out var changed) ? changed : properties.Verbatim(flag);
    }
}
