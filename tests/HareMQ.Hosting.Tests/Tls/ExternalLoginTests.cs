using HareMQ.Testing.Wire;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Tls;

/// <summary>The mechanism EXTERNAL: the certificate says who the client is.</summary>
public sealed class ExternalLoginTests
{
    [Fact]
    public async Task The_subject_is_the_user()
    {
        await using var broker = await StartAsync("CN=orders,OU=Shop,O=Example");
        using var certificate = broker.Authority.IssueForClient("CN=orders, OU=Shop, O=Example");
        await using var connection = await broker.ConnectAsync(certificate, external: true);
        await broker.LogsAsync("is open: user 'CN=orders,OU=Shop,O=Example'");
    }

    [Fact]
    public async Task The_common_name_may_be_the_user()
    {
        await using var broker = await StartAsync("orders", HareCertificateLogin.CommonName);
        using var certificate = broker.Authority.IssueForClient("CN=orders, O=Example");
        await using var connection = await broker.ConnectAsync(certificate, external: true);
        await broker.LogsAsync("is open: user 'orders'");
    }

    [Fact]
    public async Task An_alternative_name_may_be_the_user()
    {
        await using var broker = await StartAsync("second@example.org", HareCertificateLogin.SubjectAlternativeName, options =>
        {
            options.Tls.LoginAlternativeName = HareAlternativeName.Email;
            options.Tls.LoginAlternativeNameIndex = 1;
        });
        using var certificate = broker.Authority.IssueForClient("CN=x", names =>
        {
            names.AddDnsName("a.example.org");
            names.AddEmailAddress("first@example.org");
            names.AddEmailAddress("second@example.org");
        });
        await using var connection = await broker.ConnectAsync(certificate, external: true);
        await broker.LogsAsync("is open: user 'second@example.org'");
    }

    [Fact]
    public async Task An_unknown_user_is_refused()
    {
        await using var broker = await StartAsync("orders", HareCertificateLogin.CommonName);
        using var certificate = broker.Authority.IssueForClient("CN=stranger");
        var error = await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(certificate, external: true));
        Assert.IsType<AuthenticationFailureException>(error.InnerException);
        await broker.LogsAsync("Login of user 'stranger' from ");
    }

    [Fact]
    public async Task A_certificate_without_the_name_is_refused()
    {
        await using var broker = await StartAsync("orders", HareCertificateLogin.SubjectAlternativeName);
        using var certificate = broker.Authority.IssueForClient("CN=orders");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(certificate, external: true));
        await broker.LogsAsync("Login of user '' from ");
    }

    [Fact]
    public async Task It_is_not_on_offer_without_a_certificate_nor_without_TLS()
    {
        await using var broker = await StartAsync("orders", HareCertificateLogin.CommonName);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(external: true));
        await using var wire = await WireClient.ConnectAsync(broker.Broker.Uri);
        await wire.SendAsync(WireClient.ProtocolHeader.ToArray());
        var start = await wire.ExpectAsync(MethodId.ConnectionStart);
        await wire.SendAsync(new WireHandshake { Mechanism = "EXTERNAL", Response = [] }.StartOk());
        Assert.Equal(503, (await wire.ExpectConnectionCloseAsync()).Code);
        Assert.DoesNotContain("EXTERNAL", System.Text.Encoding.Latin1.GetString(start.Payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passwords_go_on_working_beside_it()
    {
        await using var broker = await StartAsync("orders", HareCertificateLogin.CommonName, options => options.DefaultUser = "guest");
        using var certificate = broker.Authority.IssueForClient("CN=orders");
        await using var connection = await broker.ConnectAsync(certificate);
        await broker.LogsAsync("is open: user 'guest'");
    }

    private static Task<TlsBroker> StartAsync(
        string user, HareCertificateLogin from = HareCertificateLogin.DistinguishedName, Action<HareBrokerOptions>? configure = null) =>
        TlsBroker.StartAsync(options =>
        {
            options.DefaultUser = user;
            options.AuthMechanisms.Add("EXTERNAL");
            options.Tls.VerifyPeer = true;
            options.Tls.LoginFrom = from;
            configure?.Invoke(options);
        });
}
