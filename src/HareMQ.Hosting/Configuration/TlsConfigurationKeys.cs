using System.Net;
using System.Security.Authentication;
using HareMQ.Amqp.Transport.Tls;

namespace HareMQ.Hosting;

/// <summary>The keys of TLS, among <see cref="ConfigurationKeys"/>.</summary>
internal static class TlsConfigurationKeys
{
    // Of several words for one value the first is the usual one. Before the keys, which use them.
    public static readonly (string Word, HareCertificateLogin Value)[] LoginSources =
    [
        ("distinguished_name", HareCertificateLogin.DistinguishedName), ("common_name", HareCertificateLogin.CommonName),
        ("subject_alternative_name", HareCertificateLogin.SubjectAlternativeName),
        ("subject_alt_name", HareCertificateLogin.SubjectAlternativeName),
    ];

    public static readonly (string Word, HareAlternativeName Value)[] AlternativeNames =
    [
        ("dns", HareAlternativeName.Dns), ("ip", HareAlternativeName.Ip), ("email", HareAlternativeName.Email),
        ("uri", HareAlternativeName.Uri), ("other_name", HareAlternativeName.OtherName),
    ];

    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.Choice("listeners.ssl", [("none", true)], (settings, _) => settings.Broker.TlsListeners.Clear()),
        ConfigurationKey.Of<IPEndPoint?>("listeners.ssl.*", ListenerAddress.Expected, ListenerAddress.TryParse,
            (settings, _, listener) => settings.Broker.TlsListeners.Add(listener!)),
        ConfigurationKey.Integer("ssl_handshake_timeout", OptionRange.HandshakeTimeoutMilliseconds,
            (settings, value) => settings.Broker.Tls.HandshakeTimeout = TimeSpan.FromMilliseconds(value)),

        .. Group("ssl_options", settings => settings.Broker.Tls),
        .. Group("management.ssl", settings => settings.Broker.ManagementTls ??= new HareTlsOptions()),
        .. Group("prometheus.ssl", settings => settings.Broker.PrometheusTls ??= new HareTlsOptions()),

        ConfigurationKey.Choice("ssl_cert_login_from", LoginSources, (settings, value) => settings.Broker.Tls.LoginFrom = value),
        ConfigurationKey.Choice("ssl_cert_login_san_type", AlternativeNames, (settings, value) => settings.Broker.Tls.LoginAlternativeName = value),
        ConfigurationKey.Integer("ssl_cert_login_san_index", OptionRange.AlternativeNameIndex,
            (settings, value) => settings.Broker.Tls.LoginAlternativeNameIndex = value),
    ];

    /// <summary>What one kind of listeners needs; AMQP, the HTTP API and metrics have the same.</summary>
    private static ConfigurationKey[] Group(string prefix, Func<ServerSettings, HareTlsOptions> tls) =>
    [
        ConfigurationKey.Text($"{prefix}.cacertfile", (settings, value) => tls(settings).CaCertificateFile = value),
        ConfigurationKey.Text($"{prefix}.certfile", (settings, value) => tls(settings).CertificateFile = value),
        ConfigurationKey.Text($"{prefix}.keyfile", (settings, value) => tls(settings).KeyFile = value),
        ConfigurationKey.Text($"{prefix}.password", (settings, value) => tls(settings).KeyPassword = value, isSecret: true),
        ConfigurationKey.Choice($"{prefix}.verify", [("verify_peer", true), ("verify_none", false)],
            (settings, value) => tls(settings).VerifyPeer = value),
        ConfigurationKey.Switch($"{prefix}.fail_if_no_peer_cert", (settings, _, on) => tls(settings).FailIfNoPeerCertificate = on),
        ConfigurationKey.Integer($"{prefix}.depth", OptionRange.CertificateDepth, (settings, value) => tls(settings).Depth = value),
        ConfigurationKey.Choice($"{prefix}.versions.*", [("tlsv1.3", SslProtocols.Tls13), ("tlsv1.2", SslProtocols.Tls12)],
            (settings, version) => tls(settings).Protocols |= version),
        ConfigurationKey.Of($"{prefix}.ciphers.*", "a cipher suite by its name in OpenSSL or in the registry (TLS_...)",
            (string text, out string value) =>
            {
                value = text;
                return CipherSuiteName.TryParse(text, out _);
            }, (settings, _, suite) => tls(settings).CipherSuites.Add(suite)),
    ];
}
