using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using HareMQ.Management.Http;
using HareMQ.Protocol;

namespace HareMQ.Management.Json;

/// <summary>A message's properties as JSON and back, under the names they have in RabbitMQ's API: with underscores.</summary>
internal static class PropertiesJson
{
    /// <summary>In the order of the wire.</summary>
    private static readonly (BasicPropertyFlags Flag, string Name)[] s_all =
    [
        (BasicPropertyFlags.ContentType, "content_type"), (BasicPropertyFlags.ContentEncoding, "content_encoding"),
        (BasicPropertyFlags.Headers, "headers"), (BasicPropertyFlags.DeliveryMode, "delivery_mode"),
        (BasicPropertyFlags.Priority, "priority"),
        (BasicPropertyFlags.CorrelationId, "correlation_id"), (BasicPropertyFlags.ReplyTo, "reply_to"),
        (BasicPropertyFlags.Expiration, "expiration"), (BasicPropertyFlags.MessageId, "message_id"),
        (BasicPropertyFlags.Timestamp, "timestamp"), (BasicPropertyFlags.Type, "type"), (BasicPropertyFlags.UserId, "user_id"),
        (BasicPropertyFlags.AppId, "app_id"), (BasicPropertyFlags.ClusterId, "cluster_id"),
    ];

    /// <summary>An empty array when there are none: RabbitMQ shows an empty list so.</summary>
    public static JsonNode ToJson(ReadOnlySpan<byte> encoded)
    {
        var properties = BasicProperties.Read(encoded);
        var json = new JsonObject();
        foreach (var (flag, name) in s_all)
        {
            if (!properties.Has(flag)) continue;
            json[name] = flag switch
            {
                BasicPropertyFlags.Headers => FieldTableJson.ToJson(FieldTable.FromEncoded(properties.Headers)),
                BasicPropertyFlags.DeliveryMode => properties.DeliveryMode,
                BasicPropertyFlags.Priority => properties.Priority,
                BasicPropertyFlags.Timestamp => properties.Timestamp,
                _ => Encoding.UTF8.GetString(properties.Verbatim(flag)[1..]),
            };
        }

        return json.Count > 0 ? json : new JsonArray();
    }

    /// <summary>Flags word and property list, as a content header carries them.</summary>
    /// <exception cref="ApiException">400: a value that the property cannot have.</exception>
    public static byte[] FromJson(JsonObject json)
    {
        var list = new ArrayBufferWriter<byte>();
        list.Write(stackalloc byte[sizeof(ushort)]);
        var flags = BasicPropertyFlags.None;
        foreach (var (flag, name) in s_all)
        {
            if (json[name] is not { } value) continue;
            flags |= flag;
            switch (flag)
            {
                case BasicPropertyFlags.Headers:
                    Write(list, value as JsonObject ?? (value is JsonArray { Count: 0 } ? [] : throw Invalid(name)));
                    break;
                case BasicPropertyFlags.DeliveryMode or BasicPropertyFlags.Priority:
                    list.Write([(byte)Number(name, value, byte.MaxValue)]);
                    break;
                case BasicPropertyFlags.Timestamp:
                    BinaryPrimitives.WriteInt64BigEndian(list.GetSpan(sizeof(long)), Number(name, value, long.MaxValue));
                    list.Advance(sizeof(long));
                    break;
                default:
                    Write(list, name, value);
                    break;
            }
        }

        var encoded = list.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(encoded, (ushort)flags);
        return encoded;
    }

    private static void Write(ArrayBufferWriter<byte> list, JsonObject headers)
    {
        var table = FieldTableJson.FromJson(headers).Encoded.Span;
        BinaryPrimitives.WriteUInt32BigEndian(list.GetSpan(sizeof(uint)), (uint)table.Length);
        list.Advance(sizeof(uint));
        list.Write(table);
    }

    private static void Write(ArrayBufferWriter<byte> list, string name, JsonNode value)
    {
        if (value is not JsonValue) throw Invalid(name);
        var text = Encoding.UTF8.GetBytes(value.ToString());
        if (text.Length > byte.MaxValue) throw Invalid(name);
        list.Write([(byte)text.Length]);
        list.Write(text);
    }

    private static long Number(string name, JsonNode value, long max) =>
        value is JsonValue && long.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= max
            ? number
            : throw Invalid(name);

    private static ApiException Invalid(string name) => ApiException.BadRequest($"{{unacceptable_value,{name}}}");
}
