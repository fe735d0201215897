using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace HareMQ.Hosting.Tests.Tls;

/// <summary>Clients in other languages, with OpenSSL's checks instead of .NET's: pika, and librabbitmq by its command line tools.</summary>
public sealed class OtherClientsTests
{
    private const string Python = "/usr/bin/python3";
    private const string Pika = "/usr/lib/python3/dist-packages/pika";
    private const string AmqpPublish = "/usr/bin/amqp-publish";

    private const string Script = """
        import ssl, sys, pika
        port, authority, certificate, key, versions = sys.argv[1:]
        context = ssl.create_default_context(cafile=authority)
        if certificate:
            context.load_cert_chain(certificate, key)
        if versions == "old":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        parameters = pika.ConnectionParameters("localhost", int(port), ssl_options=pika.SSLOptions(context, "localhost"))
        with pika.BlockingConnection(parameters) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.queue_declare("q", durable=True)
            channel.basic_publish("", "q", b"hello", pika.BasicProperties(delivery_mode=2), mandatory=True)
            assert channel.basic_get("q", auto_ack=True)[2] == b"hello"
        """;

    public enum Client
    {
        Pika,
        LibRabbitMq,
    }

    [Theory]
    [InlineData(Client.Pika)]
    [InlineData(Client.LibRabbitMq)]
    public async Task A_client_comes_in_without_a_certificate(Client client)
    {
        await using var broker = await TlsBroker.StartAsync();
        Assert.Equal((0, ""), await RunAsync(client, broker, broker.Authority));
        await broker.LogsAsync("no client certificate");
    }

    [Theory]
    [InlineData(Client.Pika)]
    [InlineData(Client.LibRabbitMq)]
    public async Task A_client_comes_in_with_a_certificate(Client client)
    {
        await using var broker = await TlsBroker.StartAsync(RequireCertificate);
        using var certificate = broker.Authority.IssueForClient("CN=orders");
        Assert.Equal((0, ""), await RunAsync(client, broker, broker.Authority, certificate));
        await broker.LogsAsync("client certificate 'CN=orders'");
    }

    [Theory]
    [InlineData(Client.Pika)]
    [InlineData(Client.LibRabbitMq)]
    public async Task Without_a_certificate_it_is_refused_where_one_is_required(Client client)
    {
        await using var broker = await TlsBroker.StartAsync(RequireCertificate);
        Assert.NotEqual(0, (await RunAsync(client, broker, broker.Authority)).ExitCode);
        await broker.LogsAsync("the client sent no certificate, and ssl_options.fail_if_no_peer_cert asks for one");
    }

    [Theory]
    [InlineData(Client.Pika)]
    [InlineData(Client.LibRabbitMq)]
    public async Task A_certificate_of_another_authority_is_refused(Client client)
    {
        await using var broker = await TlsBroker.StartAsync(RequireCertificate);
        using var other = TestAuthority.Create("Somebody else");
        using var certificate = other.IssueForClient("CN=orders");
        Assert.NotEqual(0, (await RunAsync(client, broker, broker.Authority, certificate)).ExitCode);
        await broker.LogsAsync("'CN=orders' is not accepted: no certificate of ssl_options.cacertfile has issued it");
    }

    [Theory]
    [InlineData(Client.Pika)]
    [InlineData(Client.LibRabbitMq)]
    public async Task An_expired_certificate_is_refused(Client client)
    {
        await using var broker = await TlsBroker.StartAsync(RequireCertificate);
        using var certificate = broker.Authority.IssueForClient("CN=orders", expired: true);
        Assert.NotEqual(0, (await RunAsync(client, broker, broker.Authority, certificate)).ExitCode);
        await broker.LogsAsync("'CN=orders' is not accepted: it has expired or is not valid yet");
    }

    /// <summary>A client that sends no alert, as librabbitmq, just hangs up, and nobody can tell why.</summary>
    [Fact]
    public async Task A_client_that_does_not_trust_the_broker_is_told_of()
    {
        await using var broker = await TlsBroker.StartAsync();
        using var other = TestAuthority.Create("Somebody else");
        Assert.NotEqual(0, (await RunAsync(Client.Pika, broker, other)).ExitCode);
        await broker.LogsAsync("unknown ca");
    }

    [Fact]
    public async Task A_certificate_of_the_broker_that_has_expired_is_told_of()
    {
        await using var broker = await TlsBroker.StartAsync();
        using var expired = broker.Authority.IssueForServer(expired: true);
        broker.Replace(broker.Authority, expired);
        await broker.LogsAfterConnectingAsync("Certificate and key read again from ");
        Assert.NotEqual(0, (await RunAsync(Client.Pika, broker, broker.Authority)).ExitCode);
        await broker.LogsAsync("certificate expired");
    }

    /// <summary>OpenSSL still speaks TLS 1.1 when it is told to lower its guard; librabbitmq cannot be told.</summary>
    [Fact]
    public async Task An_old_protocol_is_refused()
    {
        await using var broker = await TlsBroker.StartAsync();
        Assert.NotEqual(0, (await RunAsync(Client.Pika, broker, broker.Authority, versions: "old")).ExitCode);
        await broker.LogsAsync("unsupported protocol");
    }

    private static void RequireCertificate(HareBrokerOptions options) =>
        options.Tls.VerifyPeer = options.Tls.FailIfNoPeerCertificate = true;

    private static async Task<(int ExitCode, string Errors)> RunAsync(
        Client client, TlsBroker broker, TestAuthority trusted, X509Certificate2? certificate = null, string versions = "")
    {
        Assert.SkipUnless(client == Client.Pika ? Directory.Exists(Pika) : File.Exists(AmqpPublish), $"{client} is not installed.");
        using var directory = new TemporaryDirectory();
        var authority = directory.Write("ca.pem", trusted.Certificate.ExportCertificatePem());
        var (file, key) = ("", "");
        if (certificate is not null)
        {
            file = directory.Write("client.pem", certificate.ExportCertificatePem());
            using var ecdsa = certificate.GetECDsaPrivateKey()!;
            // The form that librabbitmq reads.
            key = directory.Write("client.key", ecdsa.ExportECPrivateKeyPem());
        }

        var port = $"{broker.TlsEndPoint.Port}";
        string[] arguments = client == Client.Pika
            ? [Python, "-c", Script, port, authority, file, key, versions]
            :
            [
                AmqpPublish, $"--url=amqps://localhost:{port}", $"--cacert={authority}", "--routing-key=q", "--body=hello",
                .. certificate is null ? Array.Empty<string>() : [$"--cert={file}", $"--key={key}"],
            ];
        var start = new ProcessStartInfo(arguments[0], arguments[1..]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }
}
