using HareMQ.OAuth2;

namespace HareMQ.Hosting;

/// <summary>Users who log in with a token (OAuth 2, JWT): whose tokens are believed, and how they are read.</summary>
/// <remarks>Read once, when the broker starts; later changes have no effect. Not thread-safe.</remarks>
public sealed class HareOAuth2Options
{
    /// <summary>This broker's name in tokens, their audience (<c>aud</c>). Needed.</summary>
    public string? ResourceServerId { get; set; }

    /// <summary>What the scopes for this broker begin with. Null (the default): <see cref="ResourceServerId"/> and a dot.</summary>
    public string? ScopePrefix { get; set; }

    /// <summary>Claims with scopes beside <c>scope</c>; a dot leads into an object: <c>realm_access.roles</c>. Default: none.</summary>
    public IList<string> AdditionalScopesKeys { get; set; } = [];

    /// <summary>Scopes that stand for others: an authorization server's own names for RabbitMQ's scopes. Default: none.</summary>
    public IDictionary<string, IReadOnlyList<string>> ScopeAliases { get; set; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>Claims with the user's name, looked for before <c>sub</c> and <c>client_id</c>. Default: none.</summary>
    public IList<string> PreferredUsernameClaims { get; set; } = [];

    /// <summary>Refuses tokens that are not meant for <see cref="ResourceServerId"/>. Default: true.</summary>
    public bool VerifyAudience { get; set; } = true;

    /// <summary>Signatures that count: <c>RS256</c>, <c>ES256</c> and so on. Default: those with a public key.</summary>
    public IList<string> Algorithms { get; set; } = [];

    /// <summary>Public keys in PEM files, by the ids that tokens name (<c>kid</c>). Default: none.</summary>
    public IDictionary<string, string> SigningKeyFiles { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The id of the key for tokens that name none. Null (the default): they are refused.</summary>
    public string? DefaultKey { get; set; }

    /// <summary>Where to fetch keys (JWKS): <c>https</c>, or <c>http</c> on this machine. Null (the default): see <see cref="Issuer"/>.</summary>
    public Uri? JwksUrl { get; set; }

    /// <summary>The authorization server, which says itself where its keys are (OpenID Connect Discovery). Null (the default): it is not asked.</summary>
    public Uri? Issuer { get; set; }

    /// <summary>Where below <see cref="Issuer"/> it says so. Default: <c>.well-known/openid-configuration</c>.</summary>
    public string DiscoveryPath { get; set; } = ".well-known/openid-configuration";

    /// <summary>The certificates that the server's must lead to. Null (the default): those that the system trusts.</summary>
    public string? CaCertificateFile { get; set; }

    /// <summary>Refuses a server with a bad certificate. Default: true.</summary>
    public bool VerifyPeer { get; set; } = true;

    /// <summary>Refuses a server whose certificate is of another name. Default: true.</summary>
    public bool VerifyHostName { get; set; } = true;

    /// <summary>What is wrong, or null.</summary>
    internal string? FindError()
    {
        if (string.IsNullOrEmpty(ResourceServerId)) return "OAuth2.ResourceServerId is missing (auth_oauth2.resource_server_id)";
        if (SigningKeyFiles.Count == 0 && JwksUrl is null && Issuer is null)
            return "OAuth2 has no keys: it needs SigningKeyFiles, JwksUrl or Issuer (auth_oauth2.signing_keys.ID, .jwks_url or .issuer)";
        if (DefaultKey is not null && JwksUrl is null && Issuer is null && !SigningKeyFiles.ContainsKey(DefaultKey))
            return $"OAuth2.DefaultKey is '{DefaultKey}'; allowed: one of SigningKeyFiles: {string.Join(", ", SigningKeyFiles.Keys)}";
        foreach (var (option, address) in new[] { (nameof(JwksUrl), JwksUrl), (nameof(Issuer), Issuer) })
            if (address is not null && !(address.IsAbsoluteUri && KeyServer.IsSafe(address)))
                return $"OAuth2.{option} is {address}; allowed: an https URL, or http on this machine";
        var algorithms = OAuth2Options.DefaultAlgorithms.Concat(OAuth2Options.SharedKeyAlgorithms);
        return Algorithms.FirstOrDefault(algorithm => !algorithms.Contains(algorithm, StringComparer.Ordinal)) is { } unknown
            ? $"OAuth2.Algorithms has '{unknown}'; allowed: {string.Join(", ", algorithms)}"
            : null;
    }

    internal OAuth2Options ToOptions() => new()
    {
        ResourceServerId = ResourceServerId!,
        ScopePrefix = ScopePrefix ?? $"{ResourceServerId}.",
        AdditionalScopesKeys = [.. AdditionalScopesKeys],
        ScopeAliases = new Dictionary<string, IReadOnlyList<string>>(ScopeAliases, StringComparer.Ordinal),
        PreferredUsernameClaims = [.. PreferredUsernameClaims],
        VerifyAudience = VerifyAudience,
        Algorithms = Algorithms.Count == 0 ? OAuth2Options.DefaultAlgorithms : [.. Algorithms],
        SigningKeyFiles = new Dictionary<string, string>(SigningKeyFiles, StringComparer.Ordinal),
        DefaultKey = DefaultKey,
        JwksUrl = JwksUrl,
        DiscoveryUrl = JwksUrl is null && Issuer is not null ? new Uri($"{Issuer.AbsoluteUri.TrimEnd('/')}/{DiscoveryPath.TrimStart('/')}") : null,
        CaCertificateFile = CaCertificateFile,
        VerifyPeer = VerifyPeer,
        VerifyHostName = VerifyHostName,
    };
}
