using System.Security.Cryptography.X509Certificates;
using System.Text;
using HareMQ.Hosting.Tests.Embedding;
using HareMQ.Hosting.Tests.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace HareMQ.Hosting.Tests.Definitions;

/// <summary>Definitions that the broker fetches when it starts.</summary>
public sealed class DefinitionsDownloadTests : IDisposable
{
    private const string Definitions =
        """{"users":[{"name":"ops","password":"test12","tags":""}],"vhosts":[{"name":"V"}],"permissions":[{"user":"ops","vhost":"V","configure":".*","write":".*","read":".*"}]}""";

    private readonly TemporaryDirectory _directory = new();
    private readonly TestAuthority _authority = TestAuthority.Create();
    private readonly X509Certificate2 _certificate;
    private readonly LogCollector _log = new();

    public DefinitionsDownloadTests()
    {
        _certificate = _authority.IssueForServer();
        _directory.Write("ca.pem", _authority.Certificate.ExportCertificatePem());
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task They_make_the_broker_before_anybody_can_connect()
    {
        await using var server = await ServeAsync();
        await using var broker = await StartAsync(server.Url);
        Assert.Null(server.Authorization);
        await ConnectAsync(broker, "V");
        Assert.Contains($"HareMQ.Management: Definitions loaded from https://localhost:{server.Port}/definitions.json", _log.Lines);
    }

    [Fact]
    public async Task Redirections_are_followed()
    {
        await using var server = await ServeAsync();
        await using var broker = await StartAsync(new Uri(server.Url, "/moved"));
        await ConnectAsync(broker, "V");
    }

    [Fact]
    public async Task User_and_password_of_the_address_log_in_and_are_not_shown()
    {
        await using var server = await ServeAsync();
        var url = new Uri($"https://op%40x:hidden%3A1@localhost:{server.Port}/definitions.json?key=hidden2");
        await using (await StartAsync(url))
            Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("op@x:hidden:1")), server.Authorization);
        server.Status = 403;
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => StartAsync(url));
        Assert.Equal(
            $"https://localhost:{server.Port}/definitions.json: the definitions cannot be fetched: the server answers 403 (Forbidden)", error.Message);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_has_not_changed_is_skipped_if_that_is_asked_for()
    {
        await using var server = await ServeAsync();
        var data = Path.Combine(_directory.Path, "data");
        for (var start = 0; start < 3; start++)
        {
            if (start == 2) server.Body = Definitions.Replace("\"V\"", "\"W\"", StringComparison.Ordinal);
            await using var broker = await StartAsync(server.Url, options =>
            {
                options.DefinitionsSkipUnchanged = true;
                options.DataDirectory = data;
            });
            await ConnectAsync(broker, start == 2 ? "W" : "V");
        }

        Assert.Equal(2, _log.Lines.Count(line => line.Contains("Definitions loaded", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_is_not_believed_unless_that_is_asked_for()
    {
        await using var server = await ServeAsync();
        await AssertFailsAsync(
            server.Url, "the server's certificate is not accepted: nobody who is trusted has issued it (definitions.tls.cacertfile)",
            options => options.DefinitionsTls.CaCertificateFile = null);
        using var foreign = _authority.IssueForServer(name: "other.example");
        await using var other = await DefinitionsServer.StartAsync(foreign);
        await AssertFailsAsync(other.Url, "the server's certificate is for another name");
        await using var broker = await StartAsync(server.Url, options => options.DefinitionsTls = new HareClientTlsOptions { VerifyPeer = false });
        await ConnectAsync(broker, "V");
    }

    [Fact]
    public async Task The_broker_can_show_a_certificate()
    {
        await using var server = await DefinitionsServer.StartAsync(_certificate, ClientCertificateMode.RequireCertificate);
        server.Body = Definitions;
        using var certificate = _authority.IssueForClient("CN=hare");
        _directory.Write("client.pem", certificate.ExportCertificatePem());
        _directory.Write("client.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await using var broker = await StartAsync(server.Url, options =>
        {
            options.DefinitionsTls.CertificateFile = Path.Combine(_directory.Path, "client.pem");
            options.DefinitionsTls.KeyFile = Path.Combine(_directory.Path, "client.key");
        });
        Assert.Equal("CN=hare", server.ClientSubject);
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => StartAsync(server.Url));
        Assert.StartsWith($"https://localhost:{server.Port}/definitions.json: the definitions cannot be fetched: ", error.Message);
    }

    [Fact]
    public async Task A_failure_stops_the_start_and_says_where_and_why()
    {
        var server = await ServeAsync();
        var url = server.Url;
        server.Body = "[";
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => StartAsync(url));
        Assert.StartsWith($"{url}:1:2: not JSON: ", error.Message);
        server.Body = """{"permissions":[{"user":"nobody","vhost":"v","configure":"","write":"","read":""}]}""";
        error = await Assert.ThrowsAsync<HareBrokerException>(() => StartAsync(url));
        Assert.StartsWith($"{url}: permissions[0]", error.Message);
        await server.DisposeAsync();
        await AssertFailsAsync(url, "Connection refused");
        error = await Assert.ThrowsAsync<HareBrokerException>(
            () => StartAsync(url, options => options.DefinitionsTls.CaCertificateFile = "/none.pem"));
        Assert.StartsWith("cannot use the CA certificates of /none.pem: ", error.Message);
    }

    private async Task AssertFailsAsync(Uri url, string reason, Action<HareBrokerOptions>? configure = null)
    {
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => StartAsync(url, configure));
        Assert.StartsWith($"{url}: the definitions cannot be fetched: ", error.Message);
        Assert.Contains(reason, error.Message);
    }

    private async Task<DefinitionsServer> ServeAsync()
    {
        var server = await DefinitionsServer.StartAsync(_certificate);
        server.Body = Definitions;
        return server;
    }

    private Task<HareBroker> StartAsync(Uri url, Action<HareBrokerOptions>? configure = null) => HareBroker.StartAsync(options =>
    {
        options.Port = 0;
        options.DefinitionsUrl = url;
        options.DefinitionsTls.CaCertificateFile = Path.Combine(_directory.Path, "ca.pem");
        options.LoggerFactory = new LoggerFactory([_log]);
        configure?.Invoke(options);
    });

    private static async Task ConnectAsync(HareBroker broker, string virtualHost)
    {
        var factory = new ConnectionFactory { Uri = broker.Uri, UserName = "ops", Password = "test12", VirtualHost = virtualHost };
        await using var connection = await factory.CreateConnectionAsync(TestContext.Current.CancellationToken);
        // The client does not wait for the virtual host before.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
    }
}
