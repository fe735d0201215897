using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>What is kept of a client's certificate, as RabbitMQ lists it.</summary>
/// <param name="Subject">RFC 4514 text.</param>
/// <param name="Issuer">RFC 4514 text.</param>
/// <param name="Validity">Two times with a dash between them.</param>
/// <param name="LoginName">The user that it logs in with the mechanism EXTERNAL; null if it names none.</param>
internal sealed record PeerCertificate(string Subject, string Issuer, string Validity, string? LoginName)
{
    public static PeerCertificate Create(X509Certificate2 certificate, TlsOptions options) => new(
        DistinguishedName.Format(certificate.SubjectName),
        DistinguishedName.Format(certificate.IssuerName),
        $"{Format(certificate.NotBefore)} - {Format(certificate.NotAfter)}",
        CertificateLogin.FindName(certificate, options));

    private static string Format(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
