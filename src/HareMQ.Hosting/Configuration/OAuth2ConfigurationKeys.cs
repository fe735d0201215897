namespace HareMQ.Hosting;

/// <summary>The keys of how users are known, by passwords or tokens, among <see cref="ConfigurationKeys"/>.</summary>
internal static class OAuth2ConfigurationKeys
{
    private const string Prefix = "auth_oauth2";

    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.Choice("auth_backends.*",
            [
                ("internal", HareBrokerOptions.InternalBackend), ("rabbit_auth_backend_internal", HareBrokerOptions.InternalBackend),
                ("oauth2", HareBrokerOptions.OAuth2Backend), ("oauth", HareBrokerOptions.OAuth2Backend),
                ("rabbit_auth_backend_oauth2", HareBrokerOptions.OAuth2Backend),
            ], (settings, member, backend) => settings.AuthBackends[member] = backend),
        ConfigurationKey.Text($"{Prefix}.resource_server_id", (settings, value) => settings.Broker.OAuth2.ResourceServerId = value),
        ConfigurationKey.Of($"{Prefix}.scope_prefix", "text", (string text, out string value) =>
        {
            value = text;
            return true;
        }, (settings, _, value) => settings.Broker.OAuth2.ScopePrefix = value),
        ConfigurationKey.Text($"{Prefix}.additional_scopes_key",
            (settings, value) => settings.Broker.OAuth2.AdditionalScopesKeys = value.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ConfigurationKey.Text($"{Prefix}.scope_aliases.*", AddScopeAlias),
        ConfigurationKey.Text($"{Prefix}.preferred_username_claims.*",
            (settings, _, value) => settings.Broker.OAuth2.PreferredUsernameClaims.Add(value)),
        ConfigurationKey.Switch($"{Prefix}.verify_aud", (settings, _, on) => settings.Broker.OAuth2.VerifyAudience = on),
        ConfigurationKey.Text($"{Prefix}.algorithms.*", (settings, _, value) => settings.Broker.OAuth2.Algorithms.Add(value)),
        ConfigurationKey.Text($"{Prefix}.signing_keys.*", (settings, id, file) => settings.Broker.OAuth2.SigningKeyFiles[id] = file),
        ConfigurationKey.Text($"{Prefix}.default_key", (settings, value) => settings.Broker.OAuth2.DefaultKey = value),
        Address($"{Prefix}.jwks_url", (options, address) => options.JwksUrl = address),
        Address($"{Prefix}.jwks_uri", (options, address) => options.JwksUrl = address),
        Address($"{Prefix}.issuer", (options, address) => options.Issuer = address),
        ConfigurationKey.Text($"{Prefix}.discovery_endpoint_path", (settings, value) => settings.Broker.OAuth2.DiscoveryPath = value),
        ConfigurationKey.Text($"{Prefix}.https.cacertfile", (settings, value) => settings.Broker.OAuth2.CaCertificateFile = value),
        ConfigurationKey.Choice($"{Prefix}.https.peer_verification", [("verify_peer", true), ("verify_none", false)],
            (settings, value) => settings.Broker.OAuth2.VerifyPeer = value),
        ConfigurationKey.Choice($"{Prefix}.https.hostname_verification", [("wildcard", true), ("none", false)],
            (settings, value) => settings.Broker.OAuth2.VerifyHostName = value),
    ];

    private static ConfigurationKey Address(string name, Action<HareOAuth2Options, Uri> set) =>
        ConfigurationKey.Of<Uri?>(name, "an absolute URL", (string text, out Uri? value) => Uri.TryCreate(text, UriKind.Absolute, out value),
            (settings, _, value) => set(settings.Broker.OAuth2, value!));

    /// <summary>
    /// RabbitMQ has two ways: <c>scope_aliases.ALIAS = SCOPES</c>, and for aliases that no key can hold <c>scope_aliases.1.alias = ALIAS</c> with
    /// <c>scope_aliases.1.scope = SCOPES</c>.
    /// </summary>
    private static void AddScopeAlias(ServerSettings settings, string member, string value)
    {
        var dot = member.LastIndexOf('.');
        switch (dot < 0 ? "" : member[(dot + 1)..])
        {
            case "alias":
                settings.ScopeAliases[member[..dot]] = settings.ScopeAliases.GetValueOrDefault(member[..dot]) with { Alias = value };
                break;
            case "scope":
                settings.ScopeAliases[member[..dot]] = settings.ScopeAliases.GetValueOrDefault(member[..dot]) with { Scopes = value };
                break;
            default:
                settings.ScopeAliases[member] = new ScopeAlias(member, value);
                break;
        }
    }
}

/// <summary>A scope that stands for others.</summary>
/// <param name="Alias">Its name.</param>
/// <param name="Scopes">Those, with blanks between them.</param>
internal readonly record struct ScopeAlias(string? Alias, string? Scopes);
