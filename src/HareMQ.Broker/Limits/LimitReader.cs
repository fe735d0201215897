using System.Text.Json;
using HareMQ.Broker.Definitions;

namespace HareMQ.Broker.Limits;

internal static class LimitReader
{
    /// <exception cref="InvalidDefinitionException">Not an object of integers.</exception>
    public static IEnumerable<(string Name, long Value)> Read(JsonElement definition)
    {
        if (definition.ValueKind != JsonValueKind.Object)
            throw new InvalidDefinitionException($"limits must be a dictionary: {ErlangText.Of(definition)}");
        foreach (var limit in definition.EnumerateObject())
        {
            if (limit.Value.ValueKind != JsonValueKind.Number || !limit.Value.TryGetInt64(out var number))
                throw new InvalidDefinitionException($"{limit.Name} should be a number, actually was {ErlangText.Of(limit.Value)}");
            yield return (limit.Name, number);
        }
    }

    /// <summary>Whether one more is one too many.</summary>
    public static bool IsReached(long? limit, long count) => limit >= 0 && count >= limit;
}
