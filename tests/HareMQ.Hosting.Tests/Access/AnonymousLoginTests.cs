using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using HareMQ.Hosting.Tests.Embedding;
using HareMQ.Hosting.Tests.Proxies;
using HareMQ.Testing.Wire;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Access;

/// <summary>The mechanism ANONYMOUS: the configuration says who the client is.</summary>
public sealed class AnonymousLoginTests : IAsyncDisposable
{
    private readonly LogCollector _log = new();
    private HareBroker _broker = null!;

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("trace@example.org")]
    public async Task Any_response_makes_the_client_the_configured_user(string response)
    {
        await StartAsync(options =>
        {
            options.DefaultUser = options.AnonymousLoginUser = "visitor";
            options.DefaultPassword = options.AnonymousLoginPassword = "of visitors";
            options.ManagementPort = 0;
        });
        await using var wire = await WireClient.OpenAsync(_broker.Uri, Anonymous(response));
        using var http = new HttpClient { BaseAddress = _broker.ManagementUri };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("visitor:of visitors")));

        var connection = JsonNode.Parse(await http.GetStringAsync("api/connections", TestContext.Current.CancellationToken))!.AsArray().Single()!;
        Assert.Equal(("visitor", "ANONYMOUS"), (connection["user"]!.ToString(), connection["auth_mechanism"]!.ToString()));
        var node = JsonNode.Parse(await http.GetStringAsync("api/nodes", TestContext.Current.CancellationToken))![0]!;
        Assert.Equal(["AMQPLAIN", "ANONYMOUS", "PLAIN"], node["auth_mechanisms"]!.AsArray()
            .Where(one => one!["enabled"]!.GetValue<bool>()).Select(one => one!["name"]!.ToString()).Order());
    }

    [Fact]
    public async Task Permissions_hold()
    {
        await StartAsync(options => options.DefaultPermissions = new HarePermissions("^mine", ".*", ".*"));
        await using var connection = await ConnectAsync(_broker.Port);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await channel.QueueDeclareAsync("mine", cancellationToken: TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(
            () => channel.QueueDeclareAsync("theirs", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(403, refused.ShutdownReason!.ReplyCode);
    }

    [Fact]
    public async Task It_is_not_on_offer_unless_it_is_named()
    {
        await StartAsync(options => options.AuthMechanisms = ["PLAIN", "AMQPLAIN"]);
        await using var wire = await WireClient.ConnectAsync(_broker.Uri);
        await wire.SendAsync(WireClient.ProtocolHeader.ToArray());
        var start = await wire.ExpectAsync(MethodId.ConnectionStart);
        Assert.DoesNotContain("ANONYMOUS", Encoding.Latin1.GetString(start.Payload), StringComparison.Ordinal);
        await wire.SendAsync(Anonymous("").StartOk());
        Assert.Equal(503, (await wire.ExpectConnectionCloseAsync()).Code);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_noted_and_not_shown()
    {
        await StartAsync(options => options.AnonymousLoginPassword = "wrong-secret");
        await AssertRefusedAsync(_broker.Port, "Login of guest from 127.0.0.1", "over AMQP refused: WrongPassword");
        Assert.DoesNotContain(_log.Lines, line => line.Contains("wrong-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Guest_comes_from_this_machine_only()
    {
        await StartAsync(options => options.ProxyProtocol = true);
        await using var proxy = new HeaderProxy(
            _broker.EndPoints[0], Encoding.Latin1.GetBytes("PROXY TCP4 192.0.2.7 198.51.100.1 4242 5672\r\n"));
        await AssertRefusedAsync(proxy.Port, "Login of guest from 192.0.2.7:4242", "over AMQP refused: LoopbackOnly");
    }

    private static WireHandshake Anonymous(string response) =>
        new() { Mechanism = "ANONYMOUS", Response = Encoding.UTF8.GetBytes(response) };

    private async Task AssertRefusedAsync(int port, string begin, string end)
    {
        var error = await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(port));
        var refused = Assert.IsType<AuthenticationFailureException>(error.InnerException);
        Assert.Contains("authentication mechanism ANONYMOUS", refused.Message);
        var line = Assert.Single(_log.Lines, line => line.StartsWith($"HareMQ.Audit: {begin}", StringComparison.Ordinal));
        Assert.EndsWith(end, line);
    }

    private static Task<IConnection> ConnectAsync(int port) => new ConnectionFactory
    {
        Port = port,
        HostName = "127.0.0.1",
        AuthMechanisms = [new AnonymousMechanismFactory()],
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync(TestContext.Current.CancellationToken);

    private async Task StartAsync(Action<HareBrokerOptions> configure) => _broker = await HareBroker.StartAsync(options =>
    {
        options.Port = 0;
        options.AuthMechanisms.Add("ANONYMOUS");
        options.LoggerFactory = new LoggerFactory([_log]);
        configure(options);
    });

    private sealed class AnonymousMechanismFactory : IAuthMechanismFactory
    {
        public string Name => "ANONYMOUS";

        public IAuthMechanism GetInstance() => new AnonymousMechanism();
    }

    private sealed class AnonymousMechanism : IAuthMechanism
    {
        public byte[] HandleChallenge(byte[]? challenge, ConnectionConfig config) => [];

        public Task<byte[]> HandleChallengeAsync(byte[]? challenge, ConnectionConfig config, CancellationToken cancellationToken = default) =>
            Task.FromResult<byte[]>([]);
    }
}
