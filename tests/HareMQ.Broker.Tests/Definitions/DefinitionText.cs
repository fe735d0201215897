using System.Text.Json;
using HareMQ.Broker.Definitions;

namespace HareMQ.Broker.Tests.Definitions;

internal static class DefinitionText
{
    public static string Of(Definition definition) => JsonSerializer.Serialize(definition, DefinitionJson.Default.Definition);

    public static Definition Read(string text) => JsonSerializer.Deserialize(text, DefinitionJson.Default.Definition)!;
}
