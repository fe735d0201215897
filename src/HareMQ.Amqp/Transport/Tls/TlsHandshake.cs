using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>The server's side of one handshake: what it offers, and what it found wrong with the client's certificate.</summary>
internal sealed class TlsHandshake
{
    /// <summary>The first byte of a record of the handshake, and so of a TLS connection.</summary>
    public const byte RecordType = 22;

    private readonly TlsOptions _options;

    public TlsHandshake(TlsMaterial material, TlsOptions options)
    {
        _options = options;
        Options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Server,
            EnabledSslProtocols = options.Protocols,
            ClientCertificateRequired = options.VerifyPeer,
            CertificateChainPolicy = material.ClientPolicy,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = options.VerifyPeer ? Judge : null,
            AllowRenegotiation = false,
        };
        if (options.CipherSuites.Count > 0 && !OperatingSystem.IsWindows() && !OperatingSystem.IsAndroid())
            Options.CipherSuitesPolicy = new CipherSuitesPolicy(options.CipherSuites);
    }

    public SslServerAuthenticationOptions Options { get; }

    /// <summary>Why the client's certificate was not accepted; null if that was not the trouble.</summary>
    public string? Refusal { get; private set; }

    public TlsSession Finish(SslStream stream)
    {
        var peer = _options.VerifyPeer && stream.RemoteCertificate is X509Certificate2 certificate
            ? PeerCertificate.Create(certificate, _options)
            : null;
        return TlsSession.Create(stream.SslProtocol, stream.NegotiatedCipherSuite, peer);
    }

    private bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            if (_options.FailIfNoPeerCertificate) Refusal = "the client sent no certificate, and ssl_options.fail_if_no_peer_cert asks for one";
        }
        else if (errors != SslPolicyErrors.None)
        {
            var reasons = chain is null ? [] : chain.ChainStatus.Select(status => Describe(status.Status)).Distinct();
            Refusal = $"the client's certificate '{SubjectOf(certificate)}' is not accepted: {string.Join(", ", reasons.DefaultIfEmpty(errors.ToString()))}";
        }
        else if (chain is not null && chain.ChainElements.Count - 2 > _options.Depth)
        {
            Refusal = $"the client's certificate '{SubjectOf(certificate)}' is not accepted: "
                + $"{chain.ChainElements.Count - 2} intermediate certificates, ssl_options.depth allows {_options.Depth}";
        }

        return Refusal is null;
    }

    private static string SubjectOf(X509Certificate certificate) =>
        certificate is X509Certificate2 known ? DistinguishedName.Format(known.SubjectName) : certificate.Subject;

    private static string Describe(X509ChainStatusFlags status) => status switch
    {
        X509ChainStatusFlags.NotTimeValid => "it has expired or is not valid yet",
        X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => "no certificate of ssl_options.cacertfile has issued it",
        X509ChainStatusFlags.NotValidForUsage => "it is not meant for clients (extended key usage)",
        X509ChainStatusFlags.NotSignatureValid => "its signature is wrong",
        _ => status.ToString(),
    };
}
