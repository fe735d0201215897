using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HareMQ.Cli.Tests;

public sealed class CertificateTests
{
    [Fact]
    public async Task A_certificate_that_expires_soon_fails_the_check()
    {
        var directory = Directory.CreateTempSubdirectory("harectl-tls-");
        var file = Path.Combine(directory.FullName, "cert.pem");
        using var key = ECDsa.Create();
        var now = DateTimeOffset.UtcNow;
        var request = new CertificateRequest("CN=hare", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(20));
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());

        await using (var node = await ControlledNode.StartAsync("listeners.ssl.1=127.0.0.1:0", $"ssl_options.certfile={file}"))
        {
            var well = await node.QuietAsync("check_certificate_expiration", "--within", "2");
            Assert.Equal("No certificates are expiring within 2 weeks.\n", well.Output);
            var failed = (await node.CtlAsync("check_certificate_expiration", "--within", "1", "--unit", "months"))
                .Failed(ExitCode.Unavailable, "Certificates are expiring within 1 month:");
            Assert.Contains("protocol: amqp/ssl, subject: CN=hare", failed.Error, StringComparison.Ordinal);
            (await node.CtlAsync("check_certificate_expiration", "--unit", "moons")).Failed(ExitCode.Data, "Time unit not recognised");
            Assert.Equal("CN=hare", (await node.CtlAsync("certificates", "--formatter", "json")).Json[0]!["subject"]!.GetValue<string>());
            await node.QuietAsync("check_protocol_listener", "amqps");
            await node.QuietAsync("check_port_connectivity");
        }

        directory.Delete(recursive: true);
    }
}
