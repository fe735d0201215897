using System.Buffers.Binary;

namespace HareMQ.Protocol.Tests.Content;

/// <summary>Encodes any combination of properties, written from the specification and not with the code under test.</summary>
internal static class EncodedProperties
{
    public static readonly FieldTable Headers = new FieldTableBuilder().Add("h", FieldValue.FromInt(1)).ToTable();

    public const ulong Timestamp = 1_700_000_000;

    /// <summary>Flags word and list; every short string holds the name of its flag.</summary>
    public static byte[] Of(BasicPropertyFlags flags)
    {
        List<byte> encoded = [(byte)((ushort)flags >> 8), (byte)flags];
        for (var bit = 15; bit >= 2; bit--)
        {
            var flag = (BasicPropertyFlags)(1 << bit);
            if ((flags & flag) != 0) encoded.AddRange(Value(flag));
        }

        return [.. encoded];
    }

    private static byte[] Value(BasicPropertyFlags flag)
    {
        var number = new byte[8];
        switch (flag)
        {
            case BasicPropertyFlags.Headers: return [0, 0, 0, (byte)Headers.Encoded.Length, .. Headers.Encoded.Span];
            case BasicPropertyFlags.DeliveryMode: return [2];
            case BasicPropertyFlags.Priority: return [9];
            case BasicPropertyFlags.Timestamp:
                BinaryPrimitives.WriteUInt64BigEndian(number, Timestamp);
                return number;
            default:
                var name = System.Text.Encoding.UTF8.GetBytes(flag.ToString());
                return [(byte)name.Length, .. name];
        }
    }
}
