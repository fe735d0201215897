using System.Text.Json;
using System.Text.Json.Nodes;

namespace HareMQ.Management.Definitions;

/// <summary>Definitions as they were read, not yet known to be any.</summary>
/// <param name="Name">Where they are from, for the operator.</param>
/// <param name="Utf8">What stands there.</param>
internal sealed record DefinitionsDocument(string Name, byte[] Utf8)
{
    public JsonObject Parse()
    {
        ReadOnlySpan<byte> utf8 = Utf8;
        // Editors of Windows write one; JSON has none.
        if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8["\uFEFF"u8.Length..];
        try
        {
            // Reads all of it: a name that stands twice in one object shows only then.
            return JsonNode.Parse(utf8, documentOptions: new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false }) as JsonObject
                ?? throw new BootDefinitionsException($"{Name}: expected definitions as a JSON object", null);
        }
        catch (JsonException error)
        {
            // A name that stands twice has no place of its own.
            var place = error.LineNumber is null ? "" : $":{error.LineNumber + 1}:{error.BytePositionInLine + 1}";
            throw new BootDefinitionsException($"{Name}{place}: not JSON: {Reason(error)}", error);
        }
    }

    /// <summary>The runtime puts the place behind its message too.</summary>
    private static string Reason(JsonException error)
    {
        var place = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? error.Message : error.Message[..place];
    }
}
