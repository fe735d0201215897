using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using HareMQ.Testing;

namespace HareMQ.Hosting.Tests.Tls;

/// <summary>The HTTP API with TLS, and what it says about TLS.</summary>
public sealed class HttpsTests
{
    [Fact]
    public async Task The_api_answers_over_tls_alone_with_the_certificates_of_amqp()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.ManagementTlsPort = 0);
        Assert.Equal("https", broker.Broker.ManagementUri!.Scheme);
        using var http = Client(broker);
        Assert.Equal("guest", (await http.GetFromJsonAsync("api/whoami"))["name"]!.ToString());
        var overview = await http.GetFromJsonAsync("api/overview");
        var listeners = overview["listeners"]!.AsArray().ToDictionary(
            listener => listener!["protocol"]!.ToString(), listener => listener!["tls"]!.GetValue<bool>());
        Assert.Equal(new() { ["amqp"] = false, ["amqp/ssl"] = true, ["https"] = true }, listeners);
        using var plain = new HttpClient { BaseAddress = new UriBuilder(broker.Broker.ManagementUri!) { Scheme = "http" }.Uri };
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetStringAsync("api/whoami", TestContext.Current.CancellationToken));
        await broker.LogsAsync("TLS handshake with");
        Assert.Equal("guest", (await http.GetFromJsonAsync("api/whoami"))["name"]!.ToString());
    }

    [Fact]
    public async Task Both_ports_may_be_open()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.ManagementPort = options.ManagementTlsPort = 0);
        Assert.Equal("http", broker.Broker.ManagementUri!.Scheme);
        using var http = Client(broker, broker.Broker.ManagementUri);
        var listeners = (await http.GetFromJsonAsync("api/overview"))["listeners"]!.AsArray();
        var port = listeners.Single(listener => listener!["protocol"]!.ToString() == "https")!["port"]!.GetValue<int>();
        using var https = Client(broker, new Uri($"https://127.0.0.1:{port}/"));
        Assert.Equal("guest", (await https.GetFromJsonAsync("api/whoami"))["name"]!.ToString());
    }

    [Fact]
    public async Task Clients_without_a_certificate_are_refused_where_one_is_asked_for()
    {
        await using var broker = await TlsBroker.StartAsync(options =>
        {
            options.ManagementTlsPort = 0;
            options.ManagementTls = new HareTlsOptions
            {
                CaCertificateFile = options.Tls.CaCertificateFile,
                CertificateFile = options.Tls.CertificateFile,
                KeyFile = options.Tls.KeyFile,
                VerifyPeer = true,
                FailIfNoPeerCertificate = true,
                Protocols = SslProtocols.Tls12,
            };
        });
        using var without = Client(broker);
        await Assert.ThrowsAsync<HttpRequestException>(() => without.GetStringAsync("api/whoami", TestContext.Current.CancellationToken));
        await broker.LogsAsync("the client sent no certificate");
        using var certificate = broker.Authority.IssueForClient("CN=orders");
        using var with = Client(broker, certificate: certificate);
        Assert.Equal("guest", (await with.GetFromJsonAsync("api/whoami"))["name"]!.ToString());
    }

    [Fact]
    public async Task A_changed_certificate_is_used_without_a_restart()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.ManagementTlsPort = 0);
        using var next = broker.Authority.IssueForServer();
        broker.Replace(broker.Authority, next);
        await Eventually.Equal(next.SerialNumber, async () =>
        {
            var serial = "";
            using var http = Client(broker, presented: certificate => serial = certificate.SerialNumber);
            await http.GetFromJsonAsync("api/whoami");
            return serial;
        });
    }

    [Fact]
    public async Task Metrics_have_a_port_with_tls_and_certificates_of_their_own()
    {
        using var foreign = TestAuthority.Create();
        using var own = foreign.IssueForServer();
        using var directory = new TemporaryDirectory();
        directory.Write("metrics.pem", own.ExportCertificatePem(), own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await using var broker = await TlsBroker.StartAsync(options =>
        {
            options.PrometheusTlsPort = options.ManagementPort = 0;
            options.PrometheusTls = new HareTlsOptions { CertificateFile = Path.Combine(directory.Path, "metrics.pem") };
        });
        Assert.Equal("https", broker.Broker.PrometheusUri!.Scheme);
        var serial = "";
        using var http = Client(broker, broker.Broker.PrometheusUri, presented: certificate => serial = certificate.SerialNumber);
        Assert.StartsWith("# ", await http.GetStringAsync(broker.Broker.PrometheusUri, TestContext.Current.CancellationToken));
        Assert.Equal(own.SerialNumber, serial);
        using var api = Client(broker);
        var listeners = (await api.GetFromJsonAsync("api/overview"))["listeners"]!.AsArray();
        var listener = listeners.Single(one => one!["protocol"]!.ToString() == "https/prometheus")!;
        Assert.Equal((broker.Broker.PrometheusUri.Port, true), (listener["port"]!.GetValue<int>(), listener["tls"]!.GetValue<bool>()));
        Assert.DoesNotContain(listeners, one => one!["protocol"]!.ToString() == "http/prometheus");
        using var plain = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetStringAsync(
            new UriBuilder(broker.Broker.PrometheusUri) { Scheme = "http" }.Uri, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Metrics_use_the_certificates_of_amqp_and_renewed_ones_without_a_restart()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.PrometheusTlsPort = 0);
        using var next = broker.Authority.IssueForServer();
        broker.Replace(broker.Authority, next);
        await Eventually.Equal(next.SerialNumber, async () =>
        {
            var serial = "";
            using var http = Client(broker, broker.Broker.PrometheusUri, presented: certificate => serial = certificate.SerialNumber);
            await http.GetStringAsync(broker.Broker.PrometheusUri, TestContext.Current.CancellationToken);
            return serial;
        });
    }

    [Fact]
    public async Task Connections_show_how_they_are_encrypted_and_whose_certificate_they_have()
    {
        await using var broker = await TlsBroker.StartAsync(options =>
        {
            options.ManagementPort = 0;
            options.Tls.VerifyPeer = true;
        });
        using var certificate = broker.Authority.IssueForClient("CN=orders,O=Hare");
        await using var encrypted = await broker.ConnectAsync(certificate, SslProtocols.Tls12);
        await using var plain = await new RabbitMQ.Client.ConnectionFactory { Uri = broker.Broker.Uri }
            .CreateConnectionAsync(TestContext.Current.CancellationToken);
        using var http = Client(broker);
        var connections = (await http.GetFromJsonAsync("api/connections")).AsArray();
        var tls = connections.Single(connection => connection!["ssl"]!.GetValue<bool>())!;
        Assert.Equal("tlsv1.2", tls["ssl_protocol"]!.ToString());
        Assert.StartsWith("ecdhe_", tls["ssl_key_exchange"]!.ToString());
        Assert.StartsWith("aes_", tls["ssl_cipher"]!.ToString());
        Assert.Equal("aead", tls["ssl_hash"]!.ToString());
        Assert.Equal("CN=orders,O=Hare", string.Join(',', tls["peer_cert_subject"]!.ToString().Split(',').Order()));
        Assert.Equal("CN=Test authority", tls["peer_cert_issuer"]!.ToString());
        Assert.Contains(" - ", tls["peer_cert_validity"]!.ToString());
        var other = connections.Single(connection => !connection!["ssl"]!.GetValue<bool>())!;
        Assert.Null(other["ssl_protocol"]);
        Assert.Null(other["peer_cert_subject"]);
    }

    private static JsonHttp Client(
        TlsBroker broker, Uri? root = null, X509Certificate2? certificate = null, Action<X509Certificate2>? presented = null)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, seen, _, _) =>
                {
                    presented?.Invoke((X509Certificate2)seen!);
                    return seen is X509Certificate2 found && found.IssuerName.Name == broker.Authority.Certificate.SubjectName.Name;
                },
                ClientCertificates = certificate is null ? null : [certificate],
            },
        };
        return new JsonHttp(handler) { BaseAddress = root ?? broker.Broker.ManagementUri };
    }

    /// <summary>As guest.</summary>
    private sealed class JsonHttp : HttpClient
    {
        public JsonHttp(HttpMessageHandler handler)
            : base(handler)
        {
            DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("guest:guest"u8));
        }

        public async Task<JsonNode> GetFromJsonAsync(string path) =>
            JsonNode.Parse(await GetStringAsync(path, TestContext.Current.CancellationToken))!;
    }
}
