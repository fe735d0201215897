using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HareMQ.Hosting.Tests.Tls;

/// <summary>Issues certificates for one test; nothing of it outlives the test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset s_yesterday = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset s_lastYear = s_yesterday.AddYears(-1);

    private TestAuthority(X509Certificate2 certificate) => Certificate = certificate;

    public X509Certificate2 Certificate { get; }

    public static TestAuthority Create(string name = "Test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new TestAuthority(AuthorityRequest(name, key).CreateSelfSigned(s_lastYear, s_yesterday.AddYears(10)));
    }

    /// <summary>An authority below this one.</summary>
    public TestAuthority CreateIntermediate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new TestAuthority(Sign(AuthorityRequest(name, key), key, s_lastYear, s_yesterday.AddYears(1)));
    }

    public X509Certificate2 IssueForServer(bool expired = false, string name = "localhost")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUsage)], critical: false));
        request.CertificateExtensions.Add(names.Build());
        return Sign(request, key, s_lastYear, expired ? s_yesterday : s_yesterday.AddYears(1));
    }

    public X509Certificate2 IssueForClient(string subject, Action<SubjectAlternativeNameBuilder>? addNames = null, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientUsage)], critical: false));
        if (addNames is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            addNames(names);
            request.CertificateExtensions.Add(names.Build());
        }

        return Sign(request, key, s_lastYear, expired ? s_yesterday : s_yesterday.AddYears(1));
    }

    public void Dispose() => Certificate.Dispose();

    private static CertificateRequest AuthorityRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, ECDsa key, DateTimeOffset from, DateTimeOffset to)
    {
        using var issued = request.Create(Certificate, from, to, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
