using System.Text.Json;
using HareMQ.Broker.Definitions;

namespace HareMQ.Broker.Policies;

/// <summary>The keys and values of policies as JSON.</summary>
internal static class PolicyDefinition
{
    public static IReadOnlyDictionary<string, JsonElement> Empty { get; } = new Dictionary<string, JsonElement>();

    /// <exception cref="InvalidDefinitionException">Not JSON, or not an object whose keys differ.</exception>
    public static IReadOnlyDictionary<string, JsonElement> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return From(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new InvalidDefinitionException($"Could not parse JSON document: {error.Message}", error);
        }
    }

    /// <inheritdoc cref="Parse"/>
    public static IReadOnlyDictionary<string, JsonElement> From(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw new InvalidDefinitionException($"definition must be a dictionary: {ErlangText.Of(value)}");
        var definition = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (key, element) in value.EnumerateObject().Select(property => (property.Name, property.Value)))
        {
            if (!definition.TryAdd(key, element.Clone()))
                throw new InvalidDefinitionException($"[<<\"{key}\">>] duplicate keys not allowed");
        }

        return definition;
    }

    /// <summary>What holds for something that a user's and an operator's policy match: of two numbers the lower one.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Merge(
        IReadOnlyDictionary<string, JsonElement> user, IReadOnlyDictionary<string, JsonElement> limits)
    {
        var merged = new Dictionary<string, JsonElement>(user, StringComparer.Ordinal);
        foreach (var (key, limit) in limits)
            merged[key] = user.TryGetValue(key, out var own) && IsStricter(own, limit) ? own : limit;
        return merged;
    }

    /// <remarks>A negative number, where one is valid, means that there is no limit.</remarks>
    private static bool IsStricter(JsonElement own, JsonElement limit)
    {
        if (own.ValueKind != JsonValueKind.Number || limit.ValueKind != JsonValueKind.Number) return false;
        var (ownNumber, limitNumber) = (own.GetInt64(), limit.GetInt64());
        return ownNumber >= 0 && (limitNumber < 0 || ownNumber < limitNumber);
    }
}
