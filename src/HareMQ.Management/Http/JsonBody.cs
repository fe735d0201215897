using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace HareMQ.Management.Http;

/// <summary>The body of a request: a JSON object. An empty one counts as <c>{}</c>; what nobody asks for is ignored.</summary>
internal sealed class JsonBody(JsonObject root)
{
    public JsonObject Root => root;

    /// <exception cref="ApiException">400.</exception>
    public static async ValueTask<JsonBody> ReadAsync(HttpContext http, int bytesMax)
    {
        var bytes = await ReadBytesAsync(http, bytesMax);
        if (bytes.Length == 0) return new JsonBody([]);
        return Parse(bytes);
    }

    public static JsonBody Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8, documentOptions: new JsonDocumentOptions { MaxDepth = 64 }) is JsonObject root
                ? new JsonBody(root)
                : throw ApiException.BadRequest("not_json");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw ApiException.BadRequest("not_json");
        }
    }

    public static async Task<byte[]> ReadBytesAsync(HttpContext http, int bytesMax)
    {
        if (http.Request.ContentLength > bytesMax) throw TooLarge();
        var buffer = new byte[8192];
        using var body = new MemoryStream();
        while (await http.Request.Body.ReadAsync(buffer) is > 0 and var count)
        {
            if (body.Length + count > bytesMax) throw TooLarge();
            body.Write(buffer, 0, count);
        }

        return body.ToArray();

        static ApiException TooLarge() => ApiException.BadRequest("Exceeded HTTP request body size limit");
    }

    public bool Has(string name) => root.ContainsKey(name);

    public JsonNode? this[string name] => root[name];

    /// <exception cref="ApiException">400: some of these are not there.</exception>
    public void Require(params IEnumerable<string> names)
    {
        var missing = names.Where(name => !root.ContainsKey(name)).ToArray();
        if (missing.Length > 0) throw ApiException.BadRequest($"[{string.Join(',', missing.Select(name => $"{{key_missing,{name}}}"))}]");
    }

    /// <summary>The text under the name; null: missing or null.</summary>
    /// <exception cref="ApiException">400: something else.</exception>
    public string? Text(string name) => root[name] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw ApiException.BadRequest($"{name} is not a string"),
    };

    /// <summary>False when missing; clients write true and false as texts as well.</summary>
    public bool Flag(string name) => root[name] switch
    {
        null => false,
        JsonValue value when value.GetValueKind() is JsonValueKind.True => true,
        JsonValue value when value.GetValueKind() is JsonValueKind.False => false,
        JsonValue value when value.ToString() == "true" => true,
        JsonValue value when value.ToString() is "false" or "" => false,
        _ => throw ApiException.BadRequest($"{name} is not a boolean"),
    };

    /// <summary>A whole number, which clients write as text as well; null when missing.</summary>
    public long? Number(string name) => root[name] switch
    {
        null => null,
        JsonValue value when long.TryParse(value.ToString(), out var number) => number,
        _ => throw ApiException.BadRequest($"{name} is not a number"),
    };

    /// <summary>An object; an empty one when it is missing, and for the empty array that some clients send instead.</summary>
    public JsonObject Object(string name) => root[name] switch
    {
        null => [],
        JsonObject inner => inner,
        JsonArray { Count: 0 } => [],
        _ => throw ApiException.BadRequest($"{name} is not an object"),
    };

    /// <summary>An array of texts, or one text with commas; null when missing.</summary>
    public string[]? Words(string name) => root[name] switch
    {
        null => null,
        JsonArray array => [.. array.Select(word => word?.ToString() ?? "").Where(word => word.Length > 0)],
        JsonValue value => value.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ => throw ApiException.BadRequest($"{name} is not a list of words"),
    };

    public static JsonElement ToElement(JsonNode? node)
    {
        using var document = JsonDocument.Parse(node?.ToJsonString() ?? "null");
        return document.RootElement.Clone();
    }
}
