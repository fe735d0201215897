using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HareMQ.Hosting.Tests.Embedding;
using HareMQ.Testing;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace HareMQ.Hosting.Tests.Tls;

/// <summary>A broker with one plain and one TLS listener, and the certificates of both sides.</summary>
internal sealed class TlsBroker : IAsyncDisposable
{
    public const string KeyPassword = "a password of the key";

    private readonly TemporaryDirectory _directory;
    private readonly LoggerFactory _loggers;
    private readonly LogCollector _log;

    private TlsBroker(TemporaryDirectory directory, TestAuthority authority, LogCollector log, LoggerFactory loggers, HareBroker broker)
    {
        _directory = directory;
        _log = log;
        _loggers = loggers;
        Authority = authority;
        Broker = broker;
    }

    public TestAuthority Authority { get; }

    public HareBroker Broker { get; }

    public IPEndPoint TlsEndPoint => Broker.TlsEndPoints[0];

    public IReadOnlyCollection<string> Log => _log.Lines;

    public static async Task<TlsBroker> StartAsync(Action<HareBrokerOptions>? configure = null)
    {
        var directory = new TemporaryDirectory();
        var authority = TestAuthority.Create();
        using var server = authority.IssueForServer();
        Write(directory, authority, server);
        var log = new LogCollector();
        var loggers = new LoggerFactory([log]);
        var options = new HareBrokerOptions
        {
            Port = 0,
            TlsListeners = [new IPEndPoint(IPAddress.Loopback, 0)],
            Tls =
            {
                CaCertificateFile = Path.Combine(directory.Path, "ca.pem"),
                CertificateFile = Path.Combine(directory.Path, "server.pem"),
                KeyFile = Path.Combine(directory.Path, "server.key"),
            },
            LoggerFactory = loggers,
        };
        configure?.Invoke(options);
        return new TlsBroker(directory, authority, log, loggers, await HareBroker.StartAsync(options));
    }

    /// <summary>The official client, over TLS.</summary>
    public async Task<IConnection> ConnectAsync(
        X509Certificate2? certificate = null, SslProtocols protocols = SslProtocols.None, bool external = false)
    {
        var factory = new ConnectionFactory
        {
            HostName = "localhost",
            Port = TlsEndPoint.Port,
            AutomaticRecoveryEnabled = false,
            Ssl = new SslOption("localhost", enabled: true)
            {
                Version = protocols,
                Certs = certificate is null ? null : [certificate],
                CertificateValidationCallback = (_, presented, _, _) => Trusts(presented),
            },
        };
        if (external) factory.AuthMechanisms = [new ExternalMechanismFactory()];
        return await factory.CreateConnectionAsync();
    }

    /// <summary>No AMQP: only the encrypted stream, and the certificate that came with it.</summary>
    public async Task<SslStream> ConnectStreamAsync(Func<X509Certificate?, bool> accept)
    {
        var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(TlsEndPoint);
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, presented, _, _) => accept(presented));
        await stream.AuthenticateAsClientAsync("localhost");
        return stream;
    }

    /// <summary>Waits for a line that has this in it.</summary>
    public Task LogsAsync(string text) => Eventually.Holds(
        () => Task.FromResult(string.Join('\n', Log)), lines => lines.Contains(text, StringComparison.Ordinal), $"a line with '{text}'");

    /// <summary>The same for what the broker notices only when somebody connects.</summary>
    public Task LogsAfterConnectingAsync(string text) => Eventually.Equal(true, async () =>
    {
        await using var stream = await ConnectStreamAsync(_ => true);
        return Log.Any(line => line.Contains(text, StringComparison.Ordinal));
    });

    /// <summary>Puts other certificates in the place of those in use.</summary>
    public void Replace(TestAuthority authority, X509Certificate2 server) => Write(_directory, authority, server);

    public void Break(string file) => _directory.Write(file, "-----BEGIN CERTIFICATE-----", "broken", "-----END CERTIFICATE-----");

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        _loggers.Dispose();
        Authority.Dispose();
        _directory.Dispose();
    }

    private bool Trusts(X509Certificate? presented)
    {
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        chain.ChainPolicy.CustomTrustStore.Add(Authority.Certificate);
        return presented is X509Certificate2 certificate && chain.Build(certificate);
    }

    private static void Write(TemporaryDirectory directory, TestAuthority authority, X509Certificate2 server)
    {
        using var key = server.GetECDsaPrivateKey()!;
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        directory.Write("ca.pem", authority.Certificate.ExportCertificatePem());
        directory.Write("encrypted.key", key.ExportEncryptedPkcs8PrivateKeyPem(KeyPassword, encryption));
        directory.Write("server.key", key.ExportPkcs8PrivateKeyPem());
        directory.Write("server.pem", server.ExportCertificatePem());
    }
}
