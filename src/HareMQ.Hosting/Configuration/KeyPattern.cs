namespace HareMQ.Hosting;

/// <summary>Names of keys, where a final <c>.*</c> stands for one or more further parts.</summary>
internal static class KeyPattern
{
    public static bool IsFamily(string pattern) => pattern.EndsWith(".*", StringComparison.Ordinal);

    public static bool Matches(string pattern, string key) =>
        IsFamily(pattern)
            ? key.Length > Stem(pattern).Length && key.AsSpan().StartsWith(Stem(pattern), StringComparison.Ordinal)
            : pattern == key;

    /// <summary>What stands in the star's place; empty for a single key.</summary>
    public static string Member(string pattern, string key) => IsFamily(pattern) ? key[Stem(pattern).Length..] : "";

    /// <summary>The key of this pattern that looks most like the given one: of a family, the one with the same member.</summary>
    public static string Resembling(string pattern, string key)
    {
        if (!IsFamily(pattern)) return pattern;
        var start = 0;
        foreach (var c in Stem(pattern))
        {
            if (c != '.') continue;
            var dot = key.IndexOf('.', start);
            if (dot < 0) return pattern;
            start = dot + 1;
        }
        return string.Concat(Stem(pattern), key.AsSpan(start));
    }

    /// <summary>The pattern up to its star, the dot included.</summary>
    private static ReadOnlySpan<char> Stem(string pattern) => pattern.AsSpan(0, pattern.Length - 1);
}
