using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HareMQ.Hosting.Tests.Server;
using HareMQ.Hosting.Tests.Tls;
using HareMQ.Testing;
using RabbitMQ.Client;

namespace HareMQ.Hosting.Tests.Proxies;

/// <summary>The proxy that most put in front of a broker, the real program.</summary>
public sealed class HaproxyTests
{
    private const string Program = "/usr/sbin/haproxy";

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    [InlineData("send-proxy-v2-ssl proxy-v2-options unique-id,crc32c")]
    public async Task A_client_is_seen_by_its_own_address_through_haproxy(string option)
    {
        Assert.SkipUnless(File.Exists(Program), "haproxy is not installed.");
        await using var broker = await TlsBroker.StartAsync(options => options.ProxyProtocol = true);
        using var directory = new TemporaryDirectory();
        var port = ServerProcess.FreePort();
        var file = directory.Write(
            "haproxy.cfg",
            "defaults",
            "  mode tcp",
            "  timeout connect 5s",
            "  timeout client 1m",
            "  timeout server 1m",
            "listen amqp",
            $"  bind 127.0.0.1:{port}",
            $"  server one 127.0.0.1:{broker.Broker.Port} {option}");
        using var haproxy = Start(file);
        try
        {
            await Eventually.Equal(true, () => ListensAsync(port, haproxy));
            var factory = new ConnectionFactory { HostName = IPAddress.Loopback.ToString(), Port = port, AutomaticRecoveryEnabled = false };
            await using var connection = await factory.CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
            await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
            await channel.BasicPublishAsync("", "q", Encoding.UTF8.GetBytes("through"));
            Assert.Equal("through", Encoding.UTF8.GetString((await channel.BasicGetAsync("q", autoAck: true))!.Body.Span));
            // The proxy's own connection has another port than the client's.
            await broker.LogsAsync($"from 127.0.0.1:{connection.LocalPort} is open: user 'guest'");
        }
        finally
        {
            haproxy.Kill();
            await haproxy.WaitForExitAsync();
        }
    }

    private static Process Start(string file)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-db", "-f", file]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task<bool> ListensAsync(int port, Process haproxy)
    {
        if (haproxy.HasExited) throw new InvalidOperationException(await haproxy.StandardError.ReadToEndAsync());
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
