using System.Net;
using System.Security.Authentication;
using HareMQ.Amqp.Transport.Tls;

namespace HareMQ.Hosting;

/// <summary>The keys of TLS, among <see cref="ConfigurationKeys"/>.</summary>
internal static class TlsConfigurationKeys
{
    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        ConfigurationKey.Choice("listeners.ssl", [("none", true)], (settings, _) => settings.Broker.TlsListeners.Clear()),
        ConfigurationKey.Of<IPEndPoint?>("listeners.ssl.*", ListenerAddress.Expected, ListenerAddress.TryParse,
            (settings, _, listener) => settings.Broker.TlsListeners.Add(listener!)),
        ConfigurationKey.Integer("ssl_handshake_timeout", OptionRange.HandshakeTimeoutMilliseconds,
            (settings, value) => settings.Broker.Tls.HandshakeTimeout = TimeSpan.FromMilliseconds(value)),

        ConfigurationKey.Text("ssl_options.cacertfile", (settings, value) => settings.Broker.Tls.CaCertificateFile = value),
        ConfigurationKey.Text("ssl_options.certfile", (settings, value) => settings.Broker.Tls.CertificateFile = value),
        ConfigurationKey.Text("ssl_options.keyfile", (settings, value) => settings.Broker.Tls.KeyFile = value),
        ConfigurationKey.Text("ssl_options.password", (settings, value) => settings.Broker.Tls.KeyPassword = value, isSecret: true),
        ConfigurationKey.Choice("ssl_options.verify", [("verify_peer", true), ("verify_none", false)],
            (settings, value) => settings.Broker.Tls.VerifyPeer = value),
        ConfigurationKey.Switch("ssl_options.fail_if_no_peer_cert", (settings, _, on) => settings.Broker.Tls.FailIfNoPeerCertificate = on),
        ConfigurationKey.Integer("ssl_options.depth", OptionRange.CertificateDepth, (settings, value) => settings.Broker.Tls.Depth = value),
        ConfigurationKey.Choice("ssl_options.versions.*", [("tlsv1.3", SslProtocols.Tls13), ("tlsv1.2", SslProtocols.Tls12)],
            (settings, version) => settings.Broker.Tls.Protocols |= version),
        ConfigurationKey.Of("ssl_options.ciphers.*", "a cipher suite by its name in OpenSSL or in the registry (TLS_...)",
            (string text, out string value) =>
            {
                value = text;
                return CipherSuiteName.TryParse(text, out _);
            }, (settings, _, suite) => settings.Broker.Tls.CipherSuites.Add(suite)),

        ConfigurationKey.Choice("ssl_cert_login_from",
            [
                ("distinguished_name", HareCertificateLogin.DistinguishedName), ("common_name", HareCertificateLogin.CommonName),
                ("subject_alternative_name", HareCertificateLogin.SubjectAlternativeName),
                ("subject_alt_name", HareCertificateLogin.SubjectAlternativeName),
            ], (settings, value) => settings.Broker.Tls.LoginFrom = value),
        ConfigurationKey.Choice("ssl_cert_login_san_type",
            [
                ("dns", HareAlternativeName.Dns), ("ip", HareAlternativeName.Ip), ("email", HareAlternativeName.Email),
                ("uri", HareAlternativeName.Uri), ("other_name", HareAlternativeName.OtherName),
            ], (settings, value) => settings.Broker.Tls.LoginAlternativeName = value),
        ConfigurationKey.Integer("ssl_cert_login_san_index", OptionRange.AlternativeNameIndex,
            (settings, value) => settings.Broker.Tls.LoginAlternativeNameIndex = value),
    ];
}
