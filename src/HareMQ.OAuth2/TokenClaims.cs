using System.Text.Json;

namespace HareMQ.OAuth2;

/// <summary>What a token says, once its signature has been checked.</summary>
internal sealed class TokenClaims(JsonElement claims, OAuth2Options options)
{
    private const string TagPrefix = "tag:";

    /// <summary>RabbitMQ's bound.</summary>
    private const int ScopesMax = 2048;

    /// <summary>Seconds since the Unix epoch; null: missing, or no number.</summary>
    public long? ExpiresAt => Seconds("exp");

    public long? NotBefore => Seconds("nbf");

    public IEnumerable<string> Audiences => Words(Find(claims, "aud"), splitText: false);

    /// <summary>Null: it names nobody.</summary>
    public string? UserName => options.PreferredUsernameClaims.Concat(["sub", "client_id"])
        .Select(path => Find(claims, path))
        .Where(claim => claim is { ValueKind: JsonValueKind.String })
        .Select(claim => claim!.Value.GetString())
        .FirstOrDefault(name => !string.IsNullOrEmpty(name));

    /// <summary>The scopes for this broker, without their prefix.</summary>
    /// <returns>False: there are too many.</returns>
    public bool TryReadScopes(out IReadOnlyList<string> permissions, out IReadOnlyList<string> tags)
    {
        var all = Words(Find(claims, "scope")).Concat(options.AdditionalScopesKeys.SelectMany(AdditionalScopes)).ToList();
        var known = all.Concat(all.SelectMany(scope => options.ScopeAliases.GetValueOrDefault(scope, [])))
            .Where(scope => scope.StartsWith(options.ScopePrefix, StringComparison.Ordinal))
            .Select(scope => scope[options.ScopePrefix.Length..])
            .Distinct(StringComparer.Ordinal).Take(ScopesMax + 1).ToLookup(scope => scope.StartsWith(TagPrefix, StringComparison.Ordinal));
        permissions = [.. known[false]];
        tags = [.. known[true].Select(tag => tag[TagPrefix.Length..])];
        return permissions.Count + tags.Count <= ScopesMax;
    }

    /// <summary>A claim of its own, or one inside others: a dot leads into an object, and into each object of a list.</summary>
    private IEnumerable<string> AdditionalScopes(string path)
    {
        var found = new List<JsonElement> { claims };
        foreach (var name in path.Split('.'))
        {
            found = [.. found
                .SelectMany(element => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().ToArray() : [element])
                .Where(element => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _))
                .Select(element => element.GetProperty(name))];
        }

        // As an object it says for which resource server its scopes are, which then have no prefix.
        return found.SelectMany(value => value.ValueKind == JsonValueKind.Object
            ? Words(Find(value, options.ResourceServerId)).Select(scope => options.ScopePrefix + scope)
            : Words(value));
    }

    private long? Seconds(string claim) =>
        claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253_402_300_800
            ? (long)seconds
            : null;

    private static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>A list of words, or one text with blanks between them.</summary>
    private static IEnumerable<string> Words(JsonElement? value, bool splitText = true) => value switch
    {
        { ValueKind: JsonValueKind.String } text when splitText => text.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } list =>
            list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!),
        _ => [],
    };
}
