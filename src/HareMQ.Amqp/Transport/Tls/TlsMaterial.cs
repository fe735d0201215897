using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>Certificates and key as they were read from their files at one time. Immutable; handshakes under way keep an older one alive.</summary>
internal sealed class TlsMaterial
{
    private TlsMaterial(SslStreamCertificateContext server, X509ChainPolicy? clientPolicy, DateTime serverExpiresAt)
    {
        Server = server;
        ClientPolicy = clientPolicy;
        ServerExpiresAt = serverExpiresAt;
    }

    public SslStreamCertificateContext Server { get; }

    /// <summary>How clients' certificates are judged; null when they are not asked for any.</summary>
    public X509ChainPolicy? ClientPolicy { get; }

    /// <summary>UTC.</summary>
    public DateTime ServerExpiresAt { get; }

    /// <exception cref="TlsException">A file is missing, not readable, not PEM, or the key does not belong to the certificate.</exception>
    public static TlsMaterial Load(TlsOptions options)
    {
        var (certificate, chain) = PemFiles.ReadCertificate(options.CertificateFile, options.KeyFile, options.KeyPassword);
        if (!options.VerifyPeer)
        {
            var context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
            return new TlsMaterial(context, null, certificate.NotAfter.ToUniversalTime());
        }

        var authorities = PemFiles.ReadAuthorities(options.CaCertificateFile!);
        // The names are sent along, because some clients choose their certificate by them.
        var trust = OperatingSystem.IsWindows() ? null : SslCertificateTrust.CreateForX509Collection(authorities, sendTrustInHandshake: true);
        return new TlsMaterial(
            SslStreamCertificateContext.Create(certificate, chain, offline: true, trust), PemFiles.PolicyFor(authorities), certificate.NotAfter.ToUniversalTime());
    }
}
