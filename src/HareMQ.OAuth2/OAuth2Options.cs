namespace HareMQ.OAuth2;

/// <summary>Which tokens are believed, and how they are read.</summary>
internal sealed record OAuth2Options
{
    /// <summary>Without key material an algorithm could be forged with, so HS256 and its like must be asked for.</summary>
    public static IReadOnlyList<string> DefaultAlgorithms { get; } =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    public static IReadOnlyList<string> SharedKeyAlgorithms { get; } = ["HS256", "HS384", "HS512"];

    /// <summary>This broker's name in tokens: their audience.</summary>
    public required string ResourceServerId { get; init; }

    /// <summary>What the broker's scopes begin with.</summary>
    public required string ScopePrefix { get; init; }

    /// <summary>Claims with further scopes; a dot leads into an object.</summary>
    public IReadOnlyList<string> AdditionalScopesKeys { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> ScopeAliases { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>Claims with the user's name, tried in this order before <c>sub</c> and <c>client_id</c>.</summary>
    public IReadOnlyList<string> PreferredUsernameClaims { get; init; } = [];

    public bool VerifyAudience { get; init; } = true;

    public IReadOnlyList<string> Algorithms { get; init; } = DefaultAlgorithms;

    /// <summary>Public keys in PEM files, by their ids.</summary>
    public IReadOnlyDictionary<string, string> SigningKeyFiles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The id of the key of tokens that name none.</summary>
    public string? DefaultKey { get; init; }

    /// <summary>Where to fetch further keys; null: nowhere, or where <see cref="DiscoveryUrl"/> says.</summary>
    public Uri? JwksUrl { get; init; }

    /// <summary>Where the authorization server describes itself.</summary>
    public Uri? DiscoveryUrl { get; init; }

    /// <summary>PEM; null: the system's authorities are trusted.</summary>
    public string? CaCertificateFile { get; init; }

    public bool VerifyPeer { get; init; } = true;

    public bool VerifyHostName { get; init; } = true;

    /// <summary>Tokens with unknown key ids make the broker ask for new keys this often at most.</summary>
    public TimeSpan FetchInterval { get; init; } = TimeSpan.FromSeconds(10);
}
