using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>Reads certificates and keys, and says in one line what is wrong with a file.</summary>
internal static class PemFiles
{
    /// <param name="certificateFile">The certificate, intermediate ones behind it.</param>
    /// <param name="keyFile">Null: its key stands there too.</param>
    /// <param name="keyPassword">Null: the key is not encrypted.</param>
    /// <exception cref="TlsException">A file is missing, not readable, not PEM, or the key does not belong to the certificate.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Intermediates) ReadCertificate(
        string certificateFile, string? keyFile, string? keyPassword)
    {
        var certificate = Read(certificateFile, "certificate", () => ReadWithKey(certificateFile, keyFile, keyPassword));
        var chain = Read(certificateFile, "certificate", () => ReadAll(certificateFile));
        chain.RemoveAt(0);
        return (certificate, chain);
    }

    /// <inheritdoc cref="ReadCertificate"/>
    public static X509Certificate2Collection ReadAuthorities(string file) => Read(file, "CA certificates", () => ReadAll(file));

    /// <summary>A certificate must lead to one of those.</summary>
    public static X509ChainPolicy PolicyFor(X509Certificate2Collection authorities)
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

    private static X509Certificate2 ReadWithKey(string certificateFile, string? keyFile, string? keyPassword)
    {
        var certificate = string.IsNullOrEmpty(keyPassword)
            ? X509Certificate2.CreateFromPemFile(certificateFile, keyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(certificateFile, keyPassword, keyFile);
        if (!OperatingSystem.IsWindows()) return certificate;
        // Windows' TLS takes no key that exists in memory only.
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2Collection ReadAll(string file)
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
