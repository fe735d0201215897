using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace HareMQ.Protocol;

/// <summary>
/// Properties of a message, read in place: one pass finds where each property starts, the rest is decoded when asked for.
/// </summary>
/// <remarks>Absent strings and headers are empty, absent numbers are 0; <see cref="Has"/> tells absent from empty.</remarks>
internal readonly ref struct BasicProperties
{
    private const int FlagsBytes = 2;
    private const int PropertyCount = 14;

    private readonly ReadOnlySpan<byte> _encoded;
    private readonly PropertyOffsets _offsets;

    private BasicProperties(ReadOnlySpan<byte> encoded, BasicPropertyFlags flags, PropertyOffsets offsets)
    {
        _encoded = encoded;
        _offsets = offsets;
        Flags = flags;
    }

    public BasicPropertyFlags Flags { get; }

    /// <summary>Flags word and property list, verbatim.</summary>
    public ReadOnlySpan<byte> Encoded => _encoded;

    public ReadOnlySpan<byte> ContentType => ShortString(BasicPropertyFlags.ContentType);

    public ReadOnlySpan<byte> ContentEncoding => ShortString(BasicPropertyFlags.ContentEncoding);

    public bool HasHeaders => Has(BasicPropertyFlags.Headers);

    /// <summary>The header table's entries, without the u32 length. Their structure has not been checked.</summary>
    public ReadOnlySpan<byte> Headers => HasHeaders ? Content(BasicPropertyFlags.Headers, sizeof(uint)) : default;

    public byte DeliveryMode => Octet(BasicPropertyFlags.DeliveryMode);

    public bool IsPersistent => DeliveryMode == 2;

    public byte Priority => Octet(BasicPropertyFlags.Priority);

    public ReadOnlySpan<byte> CorrelationId => ShortString(BasicPropertyFlags.CorrelationId);

    public ReadOnlySpan<byte> ReplyTo => ShortString(BasicPropertyFlags.ReplyTo);

    /// <summary>Decimal milliseconds, if the publisher kept to the rules.</summary>
    public ReadOnlySpan<byte> Expiration => ShortString(BasicPropertyFlags.Expiration);

    public ReadOnlySpan<byte> MessageId => ShortString(BasicPropertyFlags.MessageId);

    /// <summary>Seconds since the Unix epoch.</summary>
    public ulong Timestamp =>
        Has(BasicPropertyFlags.Timestamp) ? BinaryPrimitives.ReadUInt64BigEndian(_encoded[Offset(BasicPropertyFlags.Timestamp)..]) : 0;

    public ReadOnlySpan<byte> Type => ShortString(BasicPropertyFlags.Type);

    public ReadOnlySpan<byte> UserId => ShortString(BasicPropertyFlags.UserId);

    public ReadOnlySpan<byte> AppId => ShortString(BasicPropertyFlags.AppId);

    public ReadOnlySpan<byte> ClusterId => ShortString(BasicPropertyFlags.ClusterId);

    /// <summary>Reads a flags word and the properties it announces, which must fill <paramref name="encoded"/> exactly.</summary>
    /// <exception cref="ConnectionException">
    /// 501 FRAME_ERROR: a flag without meaning is set, a property is cut off, or bytes follow the last.
    /// </exception>
    public static BasicProperties Read(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < FlagsBytes) throw Malformed.ContentHeader("it has no property flags");
        var flags = (BasicPropertyFlags)BinaryPrimitives.ReadUInt16BigEndian(encoded);
        if ((flags & BasicPropertyFlags.Invalid) != 0) throw Malformed.ContentHeader("a property flag without meaning is set");
        var offsets = default(PropertyOffsets);
        var position = FlagsBytes;
        // The list has the order of the flags, so the highest flag left is always the next property.
        for (var left = flags; left != 0;)
        {
            var index = IndexOf(left);
            var flag = FlagAt(index);
            left &= ~flag;
            offsets[index] = position;
            position += PropertyBytes(encoded[position..], flag);
            if (position > encoded.Length) throw Malformed.ContentHeader("a property is cut off");
        }

        if (position != encoded.Length) throw Malformed.ContentHeader("bytes follow its properties");
        return new BasicProperties(encoded, flags, offsets);
    }

    public bool Has(BasicPropertyFlags flag) => (Flags & flag) != 0;

    /// <summary>The property as it lies on the wire, with its length where it has one. Empty if it is absent.</summary>
    public ReadOnlySpan<byte> Verbatim(BasicPropertyFlags flag)
    {
        if (!Has(flag)) return default;
        var fromHere = _encoded[Offset(flag)..];
        return fromHere[..PropertyBytes(fromHere, flag)];
    }

    // Bytes of the property at the start of rest; more than there are if it is cut off.
    private static int PropertyBytes(ReadOnlySpan<byte> rest, BasicPropertyFlags flag)
    {
        if ((flag & BasicPropertyFlags.Octets) != 0) return sizeof(byte);
        if (flag == BasicPropertyFlags.Timestamp) return sizeof(ulong);
        if (flag != BasicPropertyFlags.Headers) return rest.IsEmpty ? 1 : 1 + rest[0];
        if (!BinaryPrimitives.TryReadUInt32BigEndian(rest, out var tableBytes)) return sizeof(uint);
        if (tableBytes > (uint)rest.Length) throw Malformed.ContentHeader("its headers are cut off");
        return sizeof(uint) + (int)tableBytes;
    }

    private static int IndexOf(BasicPropertyFlags flag) => BitOperations.LeadingZeroCount((uint)flag) - 16;

    private static BasicPropertyFlags FlagAt(int index) => (BasicPropertyFlags)(0x8000 >> index);

    private int Offset(BasicPropertyFlags flag) => _offsets[IndexOf(flag)];

    private ReadOnlySpan<byte> ShortString(BasicPropertyFlags flag) => Has(flag) ? Content(flag, sizeof(byte)) : default;

    private ReadOnlySpan<byte> Content(BasicPropertyFlags flag, int lengthBytes) => Verbatim(flag)[lengthBytes..];

    private byte Octet(BasicPropertyFlags flag) => Has(flag) ? _encoded[Offset(flag)] : (byte)0;

    [InlineArray(PropertyCount)]
    private struct PropertyOffsets
    {
        private int _first;
    }
}
