using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>JSON as text and back, and the fields of an object without ceremony.</summary>
internal static class Json
{
    // A terminal shows names as they are; this is no HTML.
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonNode? node)
    {
        if (node is null) return "null";
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, s_writing)) node.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>A value that the user typed.</summary>
    /// <exception cref="CliException">It is not JSON.</exception>
    public static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException error)
        {
            throw CliException.Unavailable($"Could not parse JSON document: {error.Message}");
        }
    }

    /// <exception cref="CliException">It is not a JSON object.</exception>
    public static JsonObject ParseObject(string text) =>
        Parse(text) as JsonObject ?? throw CliException.Unavailable("Could not parse JSON document: an object is expected");

    public static string String(JsonObject? json, string name) => json?[name]?.ToString() ?? "";

    public static JsonObject Object(JsonObject json, string name) => json[name] as JsonObject ?? [];

    public static IEnumerable<string> Strings(JsonObject json, string name) =>
        json[name] is JsonArray array ? array.Select(one => one?.ToString() ?? "") : [];

    public static long Number(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue<double>(out var number) ? (long)number : 0;

    public static bool Flag(JsonObject json, string name) => json[name]?.GetValueKind() == JsonValueKind.True;

    /// <summary>The object as a value, for columns that show it in one cell.</summary>
    public static JsonNode Quoted(JsonNode? node) => Text(node);

    public static JsonArray Array(params IEnumerable<string> words) => new([.. words.Select(word => (JsonNode)word)]);
}
