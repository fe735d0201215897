using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HareMQ.Amqp.Transport.Tls;

namespace HareMQ.Amqp.Tests.Transport.Tls;

public sealed class PeerCertificateTests
{
    private static readonly DateTimeOffset s_from = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void It_is_listed_by_subject_issuer_and_validity()
    {
        using var certificate = Create();
        var peer = PeerCertificate.Create(certificate, new TlsOptions { CertificateFile = "" });
        Assert.Equal("CN=orders,O=Example", peer.Subject);
        Assert.Equal("CN=orders,O=Example", peer.Issuer);
        Assert.Equal("2026-01-02T03:04:05Z - 2027-01-02T03:04:05Z", peer.Validity);
        Assert.Equal("CN=orders,O=Example", peer.LoginName);
    }

    [Theory]
    [InlineData(AlternativeNameType.Dns, 0, "a.example.org")]
    [InlineData(AlternativeNameType.Dns, 1, "b.example.org")]
    [InlineData(AlternativeNameType.Dns, 2, null)]
    [InlineData(AlternativeNameType.Email, 0, "orders@example.org")]
    [InlineData(AlternativeNameType.Uri, 0, "https://example.org/orders")]
    [InlineData(AlternativeNameType.Ip, 0, "192.0.2.1")]
    [InlineData(AlternativeNameType.OtherName, 0, "orders@domain")]
    public void The_user_may_be_an_alternative_name(object type, int index, string? name)
    {
        using var certificate = Create();
        var options = new TlsOptions
        {
            CertificateFile = "",
            LoginFrom = LoginNameSource.SubjectAlternativeName,
            LoginSanType = (AlternativeNameType)type,
            LoginSanIndex = index,
        };
        Assert.Equal(name, CertificateLogin.FindName(certificate, options));
    }

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("a.example.org");
        names.AddEmailAddress("orders@example.org");
        names.AddDnsName("b.example.org");
        names.AddUri(new Uri("https://example.org/orders"));
        names.AddIpAddress(IPAddress.Parse("192.0.2.1"));
        names.AddUserPrincipalName("orders@domain");
        var request = new CertificateRequest("CN=orders, O=Example", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(s_from, s_from.AddYears(1));
    }
}
