using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Connections;

/// <summary>AMQP 0-9-1 connection.start-ok and connection.open: who may come in, and what those hear who may not.</summary>
public abstract class Logins(BrokerFixture broker) : ConformanceTest(broker)
{
    [Fact]
    public async Task Plain_login_opens_the_connection()
    {
        var wire = await ConnectWireAsync();
        var handshake = new WireHandshake();
        await wire.TuneAsync(handshake);
        await wire.SendAsync(handshake.Open());
        Assert.Equal("", (await wire.ExpectAsync(MethodId.ConnectionOpenOk, 0)).Arguments().ShortString());
    }

    [Fact]
    public async Task Authorization_identity_of_plain_is_ignored()
    {
        SkipOnRabbitMq("accepts no authorization identity");
        await OpenWireAsync(new WireHandshake { Response = "somebody\0guest\0guest"u8.ToArray() });
    }

    [Fact]
    public async Task Amqplain_login_opens_the_connection()
    {
        await OpenWireAsync(new WireHandshake { Mechanism = "AMQPLAIN", Response = Amqplain("guest", "guest") });
    }

    [Fact]
    public async Task Handshake_sent_in_one_piece_is_answered_step_by_step()
    {
        var wire = await ConnectWireAsync();
        var handshake = new WireHandshake();
        await wire.SendAsync(WireClient.ProtocolHeader.ToArray(), handshake.StartOk(), handshake.TuneOk(), handshake.Open());
        await wire.ExpectAsync(MethodId.ConnectionStart);
        await wire.ExpectAsync(MethodId.ConnectionTune);
        await wire.ExpectAsync(MethodId.ConnectionOpenOk);
    }

    [Fact]
    public async Task Unknown_mechanism_is_503()
    {
        var wire = await StartAsync(new WireHandshake { Mechanism = "MAGIC" });
        await ExpectClosedOrDroppedAsync(wire, 503, "COMMAND_INVALID - unknown authentication mechanism 'MAGIC'");
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("AMQPLAIN")]
    public async Task Wrong_password_is_403_to_a_client_that_understands_it(string mechanism)
    {
        var response = mechanism == "PLAIN" ? "\0guest\0wrong"u8.ToArray() : Amqplain("guest", "wrong");
        var wire = await StartAsync(new WireHandshake { Mechanism = mechanism, Response = response });
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(403, close.Code);
        Assert.Equal(
            $"ACCESS_REFUSED - Login was refused using authentication mechanism {mechanism}. For details see the broker logfile.",
            close.Text);
    }

    [Fact]
    public async Task Unknown_user_hears_the_same_as_a_wrong_password()
    {
        var wire = await StartAsync(new WireHandshake { Response = "\0nobody\0guest"u8.ToArray() });
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(403, close.Code);
        Assert.StartsWith("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN.", close.Text);
    }

    [Fact]
    public async Task Wrong_password_without_the_capability_only_loses_the_socket()
    {
        var wire = await StartAsync(new WireHandshake
        {
            Response = "\0guest\0wrong"u8.ToArray(),
            ClientProperties = WireHandshake.NoCapabilities,
        });
        Assert.Null(await wire.ReadFrameAsync());
    }

    [Fact]
    public async Task Malformed_plain_response_is_502()
    {
        var wire = await StartAsync(new WireHandshake { Response = "guest"u8.ToArray() });
        await ExpectClosedOrDroppedAsync(wire, 502, "SYNTAX_ERROR - ");
    }

    [Fact]
    public async Task Missing_virtual_host_is_530()
    {
        var wire = await ConnectWireAsync();
        var handshake = new WireHandshake { VirtualHost = "no-such-host" };
        await wire.TuneAsync(handshake);
        await wire.SendAsync(handshake.Open());
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(530, close.Code);
        Assert.Equal("NOT_ALLOWED - vhost no-such-host not found", close.Text);
        Assert.Equal(MethodId.ConnectionOpen, close.Cause);
    }

    [Fact]
    public async Task Method_out_of_turn_in_the_handshake_is_504()
    {
        var wire = await ConnectWireAsync();
        await wire.SendAsync(WireClient.ProtocolHeader.ToArray());
        await wire.ExpectAsync(MethodId.ConnectionStart);
        await wire.SendAsync(new WireHandshake().Open());
        await ExpectClosedOrDroppedAsync(wire, 504, "CHANNEL_ERROR - ");
    }

    [Fact]
    public async Task Channel_frame_before_open_is_505()
    {
        var wire = await ConnectWireAsync();
        await wire.TuneAsync(new WireHandshake());
        await wire.SendMethodAsync(1, MethodId.ChannelOpen, arguments => arguments.ShortString(""));
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(505, close.Code);
        Assert.StartsWith("UNEXPECTED_FRAME - ", close.Text);
    }

    [Fact]
    public async Task Update_secret_is_answered_with_ok()
    {
        var wire = await OpenWireChannelAsync();
        await wire.SendMethodAsync(0, MethodId.ConnectionUpdateSecret, arguments => arguments.LongString("guest").ShortString("test"));
        await wire.ExpectAsync(MethodId.ConnectionUpdateSecretOk, 0);
        await wire.DeclareQueueAsync(1);
    }

    private async Task<WireClient> StartAsync(WireHandshake handshake)
    {
        var wire = await ConnectWireAsync();
        await wire.SendAsync(WireClient.ProtocolHeader.ToArray());
        await wire.ExpectAsync(MethodId.ConnectionStart);
        await wire.SendAsync(handshake.StartOk());
        return wire;
    }

    /// <summary>A field table without its length: RabbitMQ's own mechanism.</summary>
    private static byte[] Amqplain(string user, string password) =>
        new WireWriter().StringField("LOGIN", user).StringField("PASSWORD", password).ToArray();
}

public sealed class LoginsOnRabbitMq(RabbitMqFixture broker) : Logins(broker);

public sealed class LoginsOnHareMq(HareMqFixture broker) : Logins(broker);
