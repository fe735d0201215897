namespace HareMQ.Broker.Access;

/// <summary>One permission of a token: <c>read:virtual-host/name</c> or <c>read:virtual-host/name/routing-key</c>, each part a wildcard.</summary>
internal sealed record TokenScope(AccessRight Right, WildcardPattern VirtualHost, WildcardPattern Resource, WildcardPattern? RoutingKey)
{
    /// <returns>Null: not a permission; tokens carry scopes for others as well.</returns>
    public static TokenScope? TryParse(string scope)
    {
        var colon = scope.IndexOf(':');
        if (colon < 0) return null;
        AccessRight? right = scope[..colon] switch
        {
            "configure" => AccessRight.Configure,
            "write" => AccessRight.Write,
            "read" => AccessRight.Read,
            _ => null,
        };
        if (right is not { } known) return null;
        return scope[(colon + 1)..].Split('/') switch
        {
            [var host, var name] => new TokenScope(known, new WildcardPattern(host), new WildcardPattern(name), null),
            [var host, var name, var key] =>
                new TokenScope(known, new WildcardPattern(host), new WildcardPattern(name), new WildcardPattern(key)),
            _ => null,
        };
    }
}

/// <summary>A text in which each <c>*</c> stands for any text, an empty one too. The rest is percent-encoded: <c>%2F</c> is a slash.</summary>
internal sealed class WildcardPattern
{
    /// <summary>What stands between the stars.</summary>
    private readonly string[] _parts;

    public WildcardPattern(string pattern) =>
        _parts = [.. pattern.Split('*').Select(part => Uri.UnescapeDataString(part.Replace('+', ' ')))];

    public bool IsMatch(ReadOnlySpan<char> text)
    {
        var first = _parts[0];
        if (_parts.Length == 1) return text.SequenceEqual(first);
        if (!text.StartsWith(first, StringComparison.Ordinal)) return false;
        text = text[first.Length..];
        // The leftmost place for each part leaves the most for those behind it; the last one must stand at the end.
        for (var i = 1; i < _parts.Length - 1; i++)
        {
            var place = text.IndexOf(_parts[i], StringComparison.Ordinal);
            if (place < 0) return false;
            text = text[(place + _parts[i].Length)..];
        }

        return text.EndsWith(_parts[^1], StringComparison.Ordinal);
    }
}
