using System.Net.Security;
using System.Security.Cryptography;
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
        var certificate = Read(options.CertificateFile, "certificate", () => ReadCertificate(options));
        var chain = Read(options.CertificateFile, "certificate", () => ReadCertificates(options.CertificateFile));
        chain.RemoveAt(0);
        if (!options.VerifyPeer)
        {
            var context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
            return new TlsMaterial(context, null, certificate.NotAfter.ToUniversalTime());
        }

        var authorities = Read(options.CaCertificateFile!, "CA certificates", () => ReadCertificates(options.CaCertificateFile!));
        // The names are sent along, because some clients choose their certificate by them.
        var trust = OperatingSystem.IsWindows() ? null : SslCertificateTrust.CreateForX509Collection(authorities, sendTrustInHandshake: true);
        return new TlsMaterial(
            SslStreamCertificateContext.Create(certificate, chain, offline: true, trust), PolicyFor(authorities), certificate.NotAfter.ToUniversalTime());
    }

    private static X509ChainPolicy PolicyFor(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        foreach (var authority in authorities)
        {
            var isSelfIssued = authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData);
            (isSelfIssued ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        }

        return policy;
    }

    private static X509Certificate2 ReadCertificate(TlsOptions options)
    {
        var certificate = string.IsNullOrEmpty(options.KeyPassword)
            ? X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(options.CertificateFile, options.KeyPassword, options.KeyFile);
        if (!OperatingSystem.IsWindows()) return certificate;
        // Windows' TLS takes no key that exists in memory only.
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2Collection ReadCertificates(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("it holds no certificate in PEM format.");
    }

    private static T Read<T>(string file, string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new TlsException($"cannot use the {what} of {file}: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }
}
