using System.Buffers.Binary;
using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>Properties as they lie in a content header: what <see cref="BasicProperties.Read"/> takes.</summary>
internal static class EncodedProperties
{
    public static byte[] None { get; } = [0, 0];

    public static byte[] WithHeaders(FieldTable headers)
    {
        var length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)headers.Encoded.Length);
        return [.. Flags(BasicPropertyFlags.Headers), .. length, .. headers.Encoded.Span];
    }

    public static byte[] WithHeader(string name, FieldValue value) => WithHeaders(new FieldTableBuilder().Add(name, value).ToTable());

    public static byte[] WithMessageId(string value) => WithShortString(BasicPropertyFlags.MessageId, value);

    public static byte[] WithCorrelationId(string value) => WithShortString(BasicPropertyFlags.CorrelationId, value);

    public static byte[] WithTimestamp(ulong seconds)
    {
        var value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(value, seconds);
        return [.. Flags(BasicPropertyFlags.Timestamp), .. value];
    }

    private static byte[] WithShortString(BasicPropertyFlags property, string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        return [.. Flags(property), (byte)text.Length, .. text];
    }

    private static byte[] Flags(BasicPropertyFlags flags) => [(byte)((ushort)flags >> 8), (byte)flags];
}
