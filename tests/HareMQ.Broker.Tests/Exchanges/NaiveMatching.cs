using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>The rules of the exchange types, written to be obviously right rather than fast.</summary>
internal static class NaiveMatching
{
    public static bool Matches(string exchangeType, string bindingKey, FieldTable arguments, string routingKey, FieldTable headers) =>
        exchangeType switch
        {
            "direct" => bindingKey == routingKey,
            "fanout" => true,
            "topic" => TopicMatches(Words(bindingKey), Words(routingKey)),
            "headers" => HeadersMatch(arguments, headers),
            _ => throw new ArgumentOutOfRangeException(nameof(exchangeType), exchangeType, null),
        };

    public static bool TopicMatches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> words)
    {
        if (pattern.IsEmpty) return words.IsEmpty;
        if (pattern[0] == "#")
            return TopicMatches(pattern[1..], words) || (!words.IsEmpty && TopicMatches(pattern, words[1..]));
        return !words.IsEmpty && (pattern[0] == "*" || pattern[0] == words[0]) && TopicMatches(pattern[1..], words[1..]);
    }

    public static bool HeadersMatch(FieldTable arguments, FieldTable headers)
    {
        var mode = arguments.TryGet("x-match", out var match) ? match.ToString() : "all";
        var withX = mode.EndsWith("-with-x", StringComparison.Ordinal);
        var conditions = arguments
            .Where(a => a.Name != "x-match" && (withX || !a.Name.StartsWith("x-", StringComparison.Ordinal)))
            .ToList();
        return mode.StartsWith("any", StringComparison.Ordinal) ? conditions.Any(Holds) : conditions.All(Holds);

        bool Holds((string Name, FieldValue Value) condition) =>
            headers.TryGet(condition.Name, out var value)
            && (condition.Value.Type == FieldType.Void || condition.Value.ValueEquals(value));
    }

    private static string[] Words(string key) => key.Length == 0 ? [] : key.Split('.');
}
