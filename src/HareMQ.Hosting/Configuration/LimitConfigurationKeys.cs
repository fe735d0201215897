namespace HareMQ.Hosting;

/// <summary>The keys of limits of the whole broker and of passwords, among <see cref="ConfigurationKeys"/>.</summary>
internal static class LimitConfigurationKeys
{
    // Before the keys, which use them.
    public static readonly (string Word, HarePasswordHashing Value)[] Hashings =
        [("rabbit_password_hashing_sha256", HarePasswordHashing.Sha256), ("rabbit_password_hashing_sha512", HarePasswordHashing.Sha512)];

    public static readonly (string Word, CredentialValidator Value)[] Validators =
    [
        ("rabbit_credential_validator_accept_everything", CredentialValidator.AcceptEverything),
        ("rabbit_credential_validator_min_password_length", CredentialValidator.MinLength),
        ("rabbit_credential_validator_password_regexp", CredentialValidator.Pattern),
    ];

    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.Limit("vhost_max", OptionRange.Limit, (settings, value) => settings.Broker.MaxVirtualHosts = value),
        ConfigurationKey.Limit("cluster_queue_limit", OptionRange.Limit, (settings, value) => settings.Broker.MaxQueues = value),
        ConfigurationKey.Limit("cluster_exchange_limit", OptionRange.Limit, (settings, value) => settings.Broker.MaxExchanges = value),
        ConfigurationKey.Limit("channel_max_per_node", OptionRange.Limit, (settings, value) => settings.Broker.MaxChannels = value),
        ConfigurationKey.Choice("password_hashing_module", Hashings, (settings, value) => settings.Broker.PasswordHashing = value),
        ConfigurationKey.Choice("credential_validator.validation_backend", Validators, (settings, value) => settings.CredentialValidator = value),
        ConfigurationKey.Integer("credential_validator.min_length", OptionRange.PasswordLength,
            (settings, value) => settings.Broker.PasswordMinLength = value),
        ConfigurationKey.Pattern("credential_validator.regexp", (settings, value) => settings.Broker.PasswordPattern = value),
    ];
}

/// <summary>Which rule for passwords counts; its values may stand there without counting.</summary>
internal enum CredentialValidator
{
    AcceptEverything,
    MinLength,
    Pattern,
}
