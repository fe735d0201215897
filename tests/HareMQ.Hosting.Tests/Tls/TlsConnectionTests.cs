using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Tls;

public sealed class TlsConnectionTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, "tlsv1.2, TLS_ECDHE_")]
    [InlineData(SslProtocols.Tls13, "tlsv1.3, TLS_")]
    public async Task A_client_publishes_and_gets_over_TLS(SslProtocols protocol, string logged)
    {
        await using var broker = await TlsBroker.StartAsync();
        await using var connection = await broker.ConnectAsync(protocols: protocol);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false);
        // More than one TLS record, and more than the receive buffer.
        var body = new byte[3_000_000];
        new Random(1).NextBytes(body);
        await channel.BasicPublishAsync("", "q", body);
        Assert.Equal(body, (await channel.BasicGetAsync("q", autoAck: true))!.Body.ToArray());
        await broker.LogsAsync($"is encrypted: {logged}");
        await broker.LogsAsync("no client certificate");
    }

    [Fact]
    public async Task The_key_may_be_encrypted()
    {
        await using var broker = await TlsBroker.StartAsync(options =>
        {
            options.Tls.KeyFile = Path.Combine(Path.GetDirectoryName(options.Tls.KeyFile)!, "encrypted.key");
            options.Tls.KeyPassword = TlsBroker.KeyPassword;
        });
        await using var connection = await broker.ConnectAsync();
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Plain_listeners_can_be_turned_off()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.Listeners = []);
        Assert.Empty(broker.Broker.EndPoints);
        await using var connection = await broker.ConnectAsync();
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task The_chosen_cipher_suite_is_the_one_in_use()
    {
        await using var broker = await TlsBroker.StartAsync(options =>
        {
            options.Tls.Protocols = SslProtocols.Tls12;
            options.Tls.CipherSuites = ["ECDHE-ECDSA-AES128-GCM-SHA256"];
        });
        await using var connection = await broker.ConnectAsync();
        await broker.LogsAsync("tlsv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    }

    [Fact]
    public async Task A_version_that_is_not_allowed_is_refused()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.Tls.Protocols = SslProtocols.Tls13);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => broker.ConnectAsync(protocols: SslProtocols.Tls12));
        await broker.LogsAsync("unsupported protocol");
    }

    /// <summary>The hello of a client that speaks nothing newer; today's libraries do not even offer to send it.</summary>
    [Theory]
    [InlineData(0, "version too low")]
    [InlineData(2, "unsupported protocol")]
    public async Task SSL_3_and_TLS_1_1_are_refused_with_a_clear_line(byte minorVersion, string reason)
    {
        byte[] hello =
        [
            3, minorVersion, .. new byte[32], 0, 0, 8, 0xC0, 0x13, 0xC0, 0x09, 0x00, 0x2F, 0x00, 0x35, 1, 0,
        ];
        await using var broker = await TlsBroker.StartAsync();
        using var client = await ConnectAsync(broker);
        await client.GetStream().WriteAsync(
            (byte[])[22, 3, minorVersion == 0 ? (byte)0 : (byte)1, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length, .. hello]);
        await ReadToEndAsync(client);
        await broker.LogsAsync("TLS handshake with 127.0.0.1");
        await broker.LogsAsync(reason);
    }

    [Theory]
    [InlineData("AMQP\0\0\u0009\u0001", "it seems to speak AMQP without TLS")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "it does not speak TLS: its first byte is 0x47")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "it seems to send a PROXY header, and proxy_protocol is off")]
    public async Task What_is_no_TLS_is_dropped_with_a_clear_line(string sent, string reason)
    {
        await using var broker = await TlsBroker.StartAsync();
        using var client = await ConnectAsync(broker);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(sent));
        await ReadToEndAsync(client);
        await broker.LogsAsync($"failed: {reason}");
        await using var connection = await broker.ConnectAsync();
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task Garbage_after_the_handshake_costs_its_connection_and_nothing_else()
    {
        await using var broker = await TlsBroker.StartAsync();
        using var client = await ConnectAsync(broker);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: true, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync("localhost");
        await client.GetStream().WriteAsync((byte[])[23, 3, 3, 0, 40, .. new byte[40]]);
        await ReadToEndAsync(client);
        await broker.LogsAsync("lost:");
        await using var connection = await broker.ConnectAsync();
        Assert.True(connection.IsOpen);
        Assert.DoesNotContain(broker.Log, line => line.Contains("unexpected error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_check_is_no_failure()
    {
        await using var broker = await TlsBroker.StartAsync();
        using (await ConnectAsync(broker))
        {
        }

        await broker.LogsAsync("a port check");
        Assert.DoesNotContain(broker.Log, line => line.Contains("failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Handshakes_that_do_not_end_hold_nobody_up_and_are_dropped()
    {
        await using var broker = await TlsBroker.StartAsync(options => options.Tls.HandshakeTimeout = TimeSpan.FromSeconds(2));
        var slow = new List<TcpClient>();
        for (var i = 0; i < 100; i++)
        {
            slow.Add(await ConnectAsync(broker));
            await slow[^1].GetStream().WriteAsync((byte[])[22, 3, 1]);
        }

        await using var connection = await broker.ConnectAsync();
        Assert.True(connection.IsOpen);
        foreach (var client in slow) await ReadToEndAsync(client);
        await broker.LogsAsync("not finished after 2 s");
        foreach (var client in slow) client.Dispose();
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task The_end_of_a_connection_is_told()
    {
        await using var broker = await TlsBroker.StartAsync();
        await using var stream = await broker.ConnectStreamAsync(_ => true);
        await stream.WriteAsync("HTTP"u8.ToArray().Concat(new byte[4]).ToArray());
        // The broker's own protocol header, then close_notify: a stream cut without it would throw.
        var answer = new byte[8];
        await stream.ReadExactlyAsync(answer);
        Assert.Equal(0, await stream.ReadAsync(answer));
    }

    private static async Task<TcpClient> ConnectAsync(TlsBroker broker)
    {
        var client = new TcpClient();
        await client.ConnectAsync(broker.TlsEndPoint);
        return client;
    }

    private static async Task ReadToEndAsync(TcpClient client)
    {
        var buffer = new byte[4096];
        try
        {
            while (await client.GetStream().ReadAsync(buffer) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset: the broker closed with bytes of ours unread.
        }
    }
}
