using System.Security.Authentication;
using System.Security.Cryptography;

namespace HareMQ.Hosting;

/// <summary>The keys of what is loaded at the start, among <see cref="ConfigurationKeys"/>.</summary>
internal static class DefinitionsConfigurationKeys
{
    // Before the keys, which use them.
    public static readonly (string Word, HashAlgorithmName Value)[] Hashes =
    [
        ("sha", HashAlgorithmName.SHA1), ("sha256", HashAlgorithmName.SHA256), ("sha384", HashAlgorithmName.SHA384),
        ("sha512", HashAlgorithmName.SHA512),
    ];

    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        // RabbitMQ's three ways to say it, oldest first. The last one is one of two backends.
        ConfigurationKey.Text("management.load_definitions", (settings, value) => settings.Broker.DefinitionsPath = value),
        ConfigurationKey.Text("load_definitions", (settings, value) => settings.Broker.DefinitionsPath = value),
        ConfigurationKey.Text("definitions.local.path", (settings, value) => settings.DefinitionsLocalPath = value),
        ConfigurationKey.Choice("definitions.import_backend",
            [
                ("local_filesystem", DefinitionsBackend.Local), ("local", DefinitionsBackend.Local), ("https", DefinitionsBackend.Https),
                ("rabbit_definitions_import_local_filesystem", DefinitionsBackend.Local), ("rabbit_definitions_import_https", DefinitionsBackend.Https),
            ], (settings, backend) => settings.DefinitionsBackend = backend),
        ConfigurationKey.Url("definitions.https.url", HareBrokerOptions.ExpectedDefinitionsUrl,
            (string text, out Uri? url) => Uri.TryCreate(text, UriKind.Absolute, out url) && HareBrokerOptions.IsDefinitionsUrl(url),
            DefinitionsDownload.Show, (settings, url) => settings.DefinitionsUrl = url),
        ConfigurationKey.Text("definitions.tls.cacertfile", (settings, value) => settings.Broker.DefinitionsTls.CaCertificateFile = value),
        ConfigurationKey.Text("definitions.tls.certfile", (settings, value) => settings.Broker.DefinitionsTls.CertificateFile = value),
        ConfigurationKey.Text("definitions.tls.keyfile", (settings, value) => settings.Broker.DefinitionsTls.KeyFile = value),
        ConfigurationKey.Text("definitions.tls.password",
            (settings, value) => settings.Broker.DefinitionsTls.KeyPassword = value, isSecret: true),
        ConfigurationKey.Choice("definitions.tls.verify", [("verify_peer", true), ("verify_none", false)],
            (settings, value) => settings.Broker.DefinitionsTls.VerifyPeer = value),
        ConfigurationKey.Integer("definitions.tls.depth", OptionRange.CertificateDepth,
            (settings, value) => settings.Broker.DefinitionsTls.Depth = value),
        ConfigurationKey.Choice("definitions.tls.versions.*", [("tlsv1.3", SslProtocols.Tls13), ("tlsv1.2", SslProtocols.Tls12)],
            (settings, version) => settings.Broker.DefinitionsTls.Protocols |= version),
        ConfigurationKey.Switch("definitions.skip_if_unchanged", (settings, _, on) => settings.Broker.DefinitionsSkipUnchanged = on),
        ConfigurationKey.Choice("definitions.hashing.algorithm", Hashes, (settings, value) => settings.Broker.DefinitionsHash = value),
    ];
}

/// <summary>Where <c>definitions.</c> keys say that definitions are.</summary>
internal enum DefinitionsBackend
{
    Local,
    Https,
}
