using System.Text;
using System.Text.Json;
using HareMQ.Protocol;

namespace HareMQ.Broker.Events;

/// <summary>The headers of an event, in the types in which RabbitMQ's plugin has them.</summary>
internal sealed class EventHeaders
{
    private readonly BasicPropertiesBuilder _properties = new([0, 0]);

    public EventHeaders Add(string name, string value) => Add(name, FieldValue.FromString(value));

    public EventHeaders Add(string name, long value) => Add(name, FieldValue.FromLong(value));

    public EventHeaders Add(string name, bool value) => Add(name, FieldValue.FromBool(value));

    public EventHeaders Add(string name, IEnumerable<string> words) =>
        Add(name, FieldValue.FromArray([.. words.Select(FieldValue.FromString)]));

    /// <summary>An array with a text for each entry: a table in a table is more than the plugin can say.</summary>
    public EventHeaders AddEntries(string name, FieldTable table) =>
        Add(name, table.Select(entry => FieldValueText.FormatEntry(entry.Name, entry.Value)));

    public EventHeaders Add(string name, JsonElement value) => Add(name, FromJson(value));

    public EventHeaders Add(string name, IReadOnlyDictionary<string, JsonElement> values)
    {
        var table = new FieldTableBuilder();
        foreach (var (key, value) in values) table.Add(ShortName(key), FromJson(value));
        return Add(name, FieldValue.FromTable(table.ToTable()));
    }

    /// <summary>Which node is in which state: there is one, and it runs.</summary>
    public EventHeaders AddClusterState(string node) =>
        Add("cluster_state", FieldValue.FromTable(new FieldTableBuilder().Add(ShortName(node), "running").ToTable()));

    public EventHeaders AddActingUser() => Add("user_who_performed_action", ActingUser.Name);

    public byte[] ToProperties(long nowMs)
    {
        Add("timestamp_in_ms", nowMs);
        return _properties.SetDeliveryMode(2).SetTimestamp(nowMs / 1000).ToEncoded();
    }

    private EventHeaders Add(string name, FieldValue value)
    {
        _properties.SetHeader(name, value);
        return this;
    }

    /// <summary>JSON's names may be longer than a table's.</summary>
    private static string ShortName(string name) =>
        Encoding.UTF8.GetByteCount(name) <= byte.MaxValue ? name : name[..(byte.MaxValue / Encoding.UTF8.GetMaxByteCount(1))];

    private static FieldValue FromJson(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var table = new FieldTableBuilder();
                foreach (var member in value.EnumerateObject()) table.Add(ShortName(member.Name), FromJson(member.Value));
                return FieldValue.FromTable(table.ToTable());
            case JsonValueKind.Array:
                return FieldValue.FromArray([.. value.EnumerateArray().Select(FromJson)]);
            case JsonValueKind.String:
                return FieldValue.FromString(value.GetString()!);
            case JsonValueKind.True or JsonValueKind.False:
                return FieldValue.FromBool(value.GetBoolean());
            case JsonValueKind.Number:
                return value.TryGetInt64(out var integer) ? FieldValue.FromLong(integer) : FieldValue.FromDouble(value.GetDouble());
            default:
                return FieldValue.Void;
        }
    }
}
