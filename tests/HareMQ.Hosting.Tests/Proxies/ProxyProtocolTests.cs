using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using HareMQ.Hosting.Tests.Tls;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Proxies;

public sealed class ProxyProtocolTests
{
    private static readonly byte[] s_foreign = Encoding.Latin1.GetBytes("PROXY TCP4 192.0.2.7 198.51.100.1 4242 5672\r\n");
    private static readonly byte[] s_near = Encoding.Latin1.GetBytes("PROXY TCP6 ::1 ::1 4242 5672\r\n");
    private static readonly byte[] s_local = [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x20, 0, 0, 0];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task The_address_of_the_header_is_the_client_s(int pieceBytes)
    {
        await using var broker = await StartAsync();
        await using var proxy = new HeaderProxy(broker.Broker.EndPoints[0], s_near, pieceBytes);
        await using var connection = await ConnectAsync(proxy.Port);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
        await broker.LogsAsync("from [::1]:4242 is open: user 'guest'");
    }

    [Fact]
    public async Task Guest_is_refused_when_the_header_names_a_foreign_address()
    {
        await using var broker = await StartAsync();
        await using var proxy = new HeaderProxy(broker.Broker.EndPoints[0], s_foreign);
        var error = await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(proxy.Port));
        Assert.IsType<AuthenticationFailureException>(error.InnerException);
        await broker.LogsAsync("Login of user 'guest' from 192.0.2.7:4242 refused: LoopbackOnly");
    }

    [Fact]
    public async Task A_proxy_that_speaks_for_itself_has_its_own_address()
    {
        await using var broker = await StartAsync();
        await using var proxy = new HeaderProxy(broker.Broker.EndPoints[0], s_local);
        await using var connection = await ConnectAsync(proxy.Port);
        await broker.LogsAsync("from 127.0.0.1:");
    }

    [Fact]
    public async Task TLS_follows_the_header()
    {
        await using var broker = await StartAsync();
        await using var proxy = new HeaderProxy(broker.TlsEndPoint, s_near, pieceBytes: 5);
        var factory = Factory(proxy.Port);
        factory.Ssl = new SslOption("localhost", enabled: true)
        {
            Version = SslProtocols.None,
            AcceptablePolicyErrors = System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors,
        };
        await using var connection = await factory.CreateConnectionAsync();
        await broker.LogsAsync("from [::1]:4242 is open: user 'guest'");
        await broker.LogsAsync("is encrypted: tlsv1.3");
    }

    [Fact]
    public async Task Without_a_header_the_connection_is_dropped()
    {
        await using var broker = await StartAsync();
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(broker.Broker.Port));
        await broker.LogsAsync("dropped: it does not start with a PROXY header");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync());
    }

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 ", "it ended within its PROXY header")]
    [InlineData("", "a port check")]
    public async Task An_end_within_the_header_is_logged(string sent, string reason)
    {
        await using var broker = await StartAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(broker.Broker.EndPoints[0]);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(sent));
        }

        await broker.LogsAsync(reason);
    }

    [Fact]
    public async Task A_header_that_does_not_come_is_not_waited_for_long()
    {
        await using var broker = await StartAsync(options => options.HandshakeTimeout = TimeSpan.FromMilliseconds(200));
        using var client = new TcpClient();
        await client.ConnectAsync(broker.Broker.EndPoints[0]);
        await client.GetStream().WriteAsync("PROXY "u8.ToArray());
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]));
        await broker.LogsAsync("dropped: no PROXY header after 0.2 s");
    }

    [Fact]
    public async Task Guessing_from_one_address_is_slowed_down()
    {
        await using var broker = await StartAsync(options => options.LoopbackUsers.Clear());
        await using var proxy = new HeaderProxy(broker.Broker.EndPoints[0], s_foreign);
        for (var i = 0; i < 6; i++)
        {
            var factory = Factory(proxy.Port);
            factory.UserName = $"user{i}";
            await Assert.ThrowsAsync<BrokerUnreachableException>(() => factory.CreateConnectionAsync());
        }

        await broker.LogsAsync("Login of user 'user5' from 192.0.2.7:4242 waits 0.25 s, after several that failed");
        await using var connection = await ConnectAsync(proxy.Port);
        await broker.LogsAsync("Login of user 'guest' from 192.0.2.7:4242 waits 0.5 s, after several that failed");
    }

    private static Task<TlsBroker> StartAsync(Action<HareBrokerOptions>? configure = null) => TlsBroker.StartAsync(options =>
    {
        options.ProxyProtocol = true;
        configure?.Invoke(options);
    });

    private static ConnectionFactory Factory(int port) => new()
    {
        HostName = IPAddress.Loopback.ToString(),
        Port = port,
        AutomaticRecoveryEnabled = false,
    };

    private static Task<IConnection> ConnectAsync(int port) => Factory(port).CreateConnectionAsync();
}
