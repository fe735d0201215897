using HareMQ.Testing;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Tls;

public sealed class CertificateReloadTests
{
    [Fact]
    public async Task New_certificates_are_used_without_a_restart_and_old_connections_go_on()
    {
        await using var broker = await TlsBroker.StartAsync();
        await using var connection = await broker.ConnectAsync();
        using var next = broker.Authority.IssueForServer();
        broker.Replace(broker.Authority, next);
        await Eventually.Equal(next.SerialNumber, () => PresentedSerialAsync(broker));
        await broker.LogsAsync("Certificate and key read again from ");
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
    }

    [Fact]
    public async Task A_broken_file_leaves_the_old_certificate_in_force()
    {
        await using var broker = await TlsBroker.StartAsync();
        var before = await PresentedSerialAsync(broker);
        broker.Break("server.pem");
        await Eventually.Equal(true, async () =>
        {
            Assert.Equal(before, await PresentedSerialAsync(broker));
            return broker.Log.Any(line => line.Contains("the old ones stay in force", StringComparison.Ordinal));
        });
        using var next = broker.Authority.IssueForServer();
        broker.Replace(broker.Authority, next);
        await Eventually.Equal(next.SerialNumber, () => PresentedSerialAsync(broker));
    }

    [Fact]
    public async Task A_new_authority_counts_for_new_clients()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.Tls.VerifyPeer = options.Tls.FailIfNoPeerCertificate = true);
        using var authority = TestAuthority.Create("Next");
        using var server = broker.Authority.IssueForServer();
        using var certificate = authority.IssueForClient("CN=orders");
        broker.Replace(authority, server);
        await Eventually.Equal(true, async () =>
        {
            try
            {
                await using var connection = await broker.ConnectAsync(certificate);
                return connection.IsOpen;
            }
            catch (BrokerUnreachableException)
            {
                return false;
            }
        });
    }

    [Theory]
    [InlineData("server.pem", "cannot use the certificate of ")]
    [InlineData("server.key", "cannot use the certificate of ")]
    [InlineData("ca.pem", "cannot use the CA certificates of ")]
    public async Task Broken_files_at_the_start_are_named(string file, string message)
    {
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => TlsBroker.StartAsync(options =>
        {
            options.Tls.VerifyPeer = true;
            var path = Path.Combine(Path.GetDirectoryName(options.Tls.CertificateFile)!, file);
            File.WriteAllText(path, "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n");
        }));
        Assert.StartsWith(message, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static async Task<string> PresentedSerialAsync(TlsBroker broker)
    {
        var serial = "";
        await using var stream = await broker.ConnectStreamAsync(presented =>
        {
            serial = presented!.GetSerialNumberString();
            return true;
        });
        return serial;
    }
}
