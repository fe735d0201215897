using System.Text.Json;
using System.Text.Json.Nodes;

namespace HareMQ.Management.Tests;

/// <summary>
/// The fields of an answer and their types, those of objects inside included: <c>message_stats.ack</c>, <c>listeners[].port</c>. A list has
/// the fields that any of its items has, under the names that they have in a single object.
/// </summary>
internal sealed class FieldSet
{
    /// <summary>What is in these is the users' own; only that they are there counts.</summary>
    private static readonly string[] s_opaque =
        ["arguments", "client_properties", "cluster_state", "definition", "effective_policy_definition", "headers", "value"];

    private readonly SortedDictionary<string, HashSet<JsonValueKind>> _fields = new(StringComparer.Ordinal);

    public FieldSet(JsonNode? answer)
    {
        if (answer is JsonArray list)
        {
            foreach (var item in list) Add(item, "");
        }
        else
        {
            Add(answer, "");
        }
    }

    public IEnumerable<string> Names => _fields.Keys;

    public bool Contains(string name) => _fields.ContainsKey(name);

    /// <summary>
    /// Whether the field has this type wherever it is: string, number, boolean, object, array; z for null, several for either.
    /// </summary>
    public bool Is(string name, string types) => _fields[name].All(kind => types.Contains(Letter(kind)));

    /// <summary>Null says nothing of a type, and an empty object is an empty list where Erlang writes it.</summary>
    public bool HasTypeOf(string name, FieldSet other)
    {
        var (own, others) = (Letters(name), other.Letters(name));
        return own.Length == 0 || others.Length == 0 || own.Intersect(others).Any() || (own + others).All(letter => letter is 'o' or 'a');
    }

    public string Types(string name) => Letters(name);

    private string Letters(string name) => new([.. _fields[name].Select(Letter).Where(letter => letter != 'z').Order()]);

    private static char Letter(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => 's',
        JsonValueKind.Number => 'n',
        JsonValueKind.True or JsonValueKind.False => 'b',
        JsonValueKind.Object => 'o',
        JsonValueKind.Array => 'a',
        _ => 'z',
    };

    private void Add(JsonNode? node, string prefix)
    {
        switch (node)
        {
            case JsonObject inner:
                foreach (var (name, value) in inner)
                {
                    var path = prefix.Length == 0 ? name : $"{prefix}.{name}";
                    if (!_fields.TryGetValue(path, out var kinds)) _fields.Add(path, kinds = []);
                    kinds.Add(ApiAnswer.KindOf(value));
                    if (!s_opaque.Contains(name)) Add(value, path);
                }

                break;
            case JsonArray array:
                foreach (var item in array) Add(item, $"{prefix}[]");
                break;
        }
    }
}
