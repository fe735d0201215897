using System.Security.Authentication;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Tls;

public sealed class ClientCertificateTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_good_certificate_is_let_in_and_named_in_the_log(SslProtocols protocol)
    {
        await using var broker = await TlsBroker.StartAsync(RequireCertificate);
        using var certificate = broker.Authority.IssueForClient("CN=orders,O=Shop");
        await using var connection = await broker.ConnectAsync(certificate, protocol);
        Assert.True(connection.IsOpen);
        await broker.LogsAsync("client certificate 'CN=orders,O=Shop'");
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Without_a_certificate_nobody_comes_in_where_one_is_required(SslProtocols protocol)
    {
        await using var broker = await TlsBroker.StartAsync(RequireCertificate);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(protocols: protocol));
        await broker.LogsAsync("the client sent no certificate, and ssl_options.fail_if_no_peer_cert asks for one");
    }

    [Fact]
    public async Task Without_a_certificate_a_client_may_come_in_where_none_is_required()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.Tls.VerifyPeer = true);
        await using var connection = await broker.ConnectAsync();
        Assert.True(connection.IsOpen);
        await broker.LogsAsync("no client certificate");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.Tls.VerifyPeer = true);
        // Of the same name, so that only the signature tells.
        using var other = TestAuthority.Create();
        using var certificate = other.IssueForClient("CN=orders");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(certificate));
        await broker.LogsAsync("the client's certificate 'CN=orders' is not accepted");
    }

    [Fact]
    public async Task An_unknown_authority_is_named_as_the_reason()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.Tls.VerifyPeer = true);
        using var other = TestAuthority.Create("Somebody else");
        using var certificate = other.IssueForClient("CN=orders");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(certificate));
        await broker.LogsAsync("is not accepted: no certificate of ssl_options.cacertfile has issued it");
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.Tls.VerifyPeer = true);
        using var certificate = broker.Authority.IssueForClient("CN=orders", expired: true);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(certificate));
        await broker.LogsAsync("is not accepted: it has expired or is not valid yet");
    }

    [Fact]
    public async Task A_certificate_for_servers_is_refused()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.Tls.VerifyPeer = true);
        using var certificate = broker.Authority.IssueForServer();
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(certificate));
        await broker.LogsAsync("is not accepted: it is not meant for clients");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task Intermediate_certificates_are_allowed_as_many_as_the_depth(int depth, bool accepted)
    {
        using var root = TestAuthority.Create("Root");
        using var intermediate = root.CreateIntermediate("Department");
        using var directory = new TemporaryDirectory();
        // The client sends its own certificate alone, so the broker's file must have the rest of the way.
        var authorities = directory.Write(
            "authorities.pem", root.Certificate.ExportCertificatePem(), intermediate.Certificate.ExportCertificatePem());
        await using var broker = await TlsBroker.StartAsync(options =>
        {
            options.Tls.VerifyPeer = true;
            options.Tls.Depth = depth;
            options.Tls.CaCertificateFile = authorities;
        });
        using var certificate = intermediate.IssueForClient("CN=orders");
        if (accepted)
        {
            await using var connection = await broker.ConnectAsync(certificate);
            Assert.True(connection.IsOpen);
        }
        else
        {
            await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(certificate));
            await broker.LogsAsync("1 intermediate certificates, ssl_options.depth allows 0");
        }
    }

    private static void RequireCertificate(HareBrokerOptions options)
    {
        options.Tls.VerifyPeer = true;
        options.Tls.FailIfNoPeerCertificate = true;
    }
}
