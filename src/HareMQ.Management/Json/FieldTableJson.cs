using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HareMQ.Management.Http;
using HareMQ.Protocol;

namespace HareMQ.Management.Json;

/// <summary>Field tables as JSON and back: numbers become 64 bit integers or doubles, as in RabbitMQ.</summary>
internal static class FieldTableJson
{
    private const int DepthMax = 32;

    public static JsonObject ToJson(FieldTable table)
    {
        var json = new JsonObject();
        // Of several entries with one name the first counts.
        foreach (var (name, value) in table) json.TryAdd(name, ToJson(value));
        return json;
    }

    /// <exception cref="ApiException">400: something that no table can hold.</exception>
    public static FieldTable FromJson(JsonObject json) => FromJson(json, depth: 0);

    private static JsonNode? ToJson(FieldValue value)
    {
        if (value.TryGetBoolean(out var flag)) return flag;
        if (value.TryGetInteger(out var integer) || value.TryGetTimestamp(out integer)) return integer;
        if (value.TryGetDouble(out var number)) return double.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture);
        if (value.TryGetDecimal(out var scale, out var unscaled)) return unscaled / (decimal)Math.Pow(10, Math.Min(scale, (byte)28));
        return value.Type switch
        {
            FieldType.LongString or FieldType.ByteArray => Encoding.UTF8.GetString(value.AsBytes.Span),
            FieldType.Table => ToJson(value.AsTable()),
            FieldType.Array => new JsonArray([.. value.AsArray().Select(ToJson)]),
            _ => null,
        };
    }

    private static FieldTable FromJson(JsonObject json, int depth)
    {
        if (depth > DepthMax) throw ApiException.BadRequest($"arguments are nested deeper than {DepthMax} levels");
        var table = new FieldTableBuilder();
        foreach (var (name, value) in json)
        {
            if (Encoding.UTF8.GetByteCount(name) > byte.MaxValue)
                throw ApiException.BadRequest($"the name of an argument is longer than {byte.MaxValue} bytes");
            table.Add(name, ToValue(value, depth));
        }

        return table.ToTable();
    }

    private static FieldValue ToValue(JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                return FieldValue.Void;
            case JsonObject inner:
                return FieldValue.FromTable(FromJson(inner, depth + 1));
            case JsonArray array:
                if (depth >= DepthMax) throw ApiException.BadRequest($"arguments are nested deeper than {DepthMax} levels");
                return FieldValue.FromArray([.. array.Select(element => ToValue(element, depth + 1))]);
        }

        var value = node.AsValue();
        return value.GetValueKind() switch
        {
            JsonValueKind.True => FieldValue.FromBool(true),
            JsonValueKind.False => FieldValue.FromBool(false),
            JsonValueKind.String => FieldValue.FromString(value.GetValue<string>()),
            _ => long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
                ? FieldValue.FromLong(integer)
                : FieldValue.FromDouble(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)),
        };
    }
}
