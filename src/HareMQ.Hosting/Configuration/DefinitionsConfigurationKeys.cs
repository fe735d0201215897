using System.Security.Cryptography;

namespace HareMQ.Hosting;

/// <summary>The keys of what is loaded at the start, among <see cref="ConfigurationKeys"/>.</summary>
internal static class DefinitionsConfigurationKeys
{
    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        // RabbitMQ's three ways to say it, oldest first.
        ConfigurationKey.Text("management.load_definitions", (settings, value) => settings.Broker.DefinitionsPath = value),
        ConfigurationKey.Text("load_definitions", (settings, value) => settings.Broker.DefinitionsPath = value),
        ConfigurationKey.Text("definitions.local.path", (settings, value) => settings.Broker.DefinitionsPath = value),
        ConfigurationKey.Choice("definitions.import_backend", [("local_filesystem", true), ("local", true)], (_, _) => { }),
        ConfigurationKey.Switch("definitions.skip_if_unchanged", (settings, _, on) => settings.Broker.DefinitionsSkipUnchanged = on),
        ConfigurationKey.Choice("definitions.hashing.algorithm",
            [
                ("sha", HashAlgorithmName.SHA1), ("sha256", HashAlgorithmName.SHA256), ("sha384", HashAlgorithmName.SHA384),
                ("sha512", HashAlgorithmName.SHA512),
            ], (settings, value) => settings.Broker.DefinitionsHash = value),
    ];
}
