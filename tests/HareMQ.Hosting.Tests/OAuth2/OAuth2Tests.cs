using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using HareMQ.Hosting.Tests.Embedding;
using HareMQ.Testing;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.OAuth2;

/// <summary>Users who log in with tokens, over AMQP and over HTTP.</summary>
public sealed class OAuth2Tests : IAsyncLifetime
{
    private const string Everything = "rabbitmq.configure:*/* rabbitmq.write:*/* rabbitmq.read:*/*";

    private readonly LogCollector _log = new();
    private TokenIssuer _issuer = null!;
    private HareBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TokenIssuer.StartAsync();
        _broker = await StartAsync(options => options.JwksUrl = new Uri(_issuer.Url, "keys"));
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task A_token_is_the_password_and_says_who_the_user_is_and_what_it_may_do()
    {
        var token = _issuer.Sign("orders", "rabbitmq.configure:%2F/orders-* rabbitmq.read:*/orders-* rabbitmq.write:*/amq.default other.read:*/*");
        await using var connection = await ConnectAsync(token, name: "anything");
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("orders-1", true, false, false);
        await channel.BasicPublishAsync("", "orders-1", "hello"u8.ToArray());
        var error = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclareAsync("bills", true, false, false));
        Assert.Equal(403, error.ShutdownReason!.ReplyCode);
        Assert.Contains("configure access to queue 'bills' in vhost '/' refused for user 'orders'", error.ShutdownReason.ReplyText);
    }

    [Fact]
    public async Task Topics_need_a_scope_with_a_routing_key()
    {
        await using var connection = await ConnectAsync(_issuer.Sign("u", "rabbitmq.write:*/amq.topic/eu.*"));
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync("amq.topic", "eu.de", "hello"u8.ToArray());
        await Assert.ThrowsAnyAsync<Exception>(async () => await channel.BasicPublishAsync("amq.topic", "us.ny", "hello"u8.ToArray()));
        Assert.Contains("write access to topic 'us.ny'", channel.CloseReason!.ReplyText);
    }

    [Fact]
    public async Task A_virtual_host_that_no_scope_names_is_closed()
    {
        // The client returns from opening before it learns of the refusal, or after.
        try
        {
            await using var connection = await ConnectAsync(_issuer.Sign("u", "rabbitmq.read:shop/*"));
            await Eventually.Equal(false, () => Task.FromResult(connection.IsOpen));
        }
        catch (BrokerUnreachableException)
        {
        }

        Assert.Contains(_log.Lines, line => line.Contains("access to vhost '/' refused for user 'u'", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> BadTokens => new()
    {
        { "expired", "the token has expired at" },
        { "not yet valid", "the token is not valid yet" },
        { "for ever", "the token does not say when it expires" },
        { "for another", "the token is not meant for 'rabbitmq' (aud)" },
        { "of nobody", "the token does not say whose it is" },
        { "changed", "the token's signature is wrong" },
        { "unsigned", "no token" },
        { "with the public key as secret", "the token's algorithm 'HS256' is not allowed" },
        { "without a key", "the token names no key" },
        { "with an unknown key", "the token's key 'key-9' is not known" },
        { "none at all", "no token" },
    };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Bad_tokens_are_refused_and_the_log_says_why(string kind, string reason)
    {
        var token = kind switch
        {
            "expired" => _issuer.Sign("u", Everything, seconds: -1),
            "not yet valid" => _issuer.Sign("u", Everything, change: claims => claims["nbf"] = claims["exp"]!.GetValue<long>() - 1),
            "for ever" => _issuer.Sign("u", Everything, change: claims => claims.Remove("exp")),
            "for another" => _issuer.Sign("u", Everything, change: claims => claims["aud"] = "other"),
            "of nobody" => _issuer.Sign("u", Everything, change: claims => claims.Remove("sub")),
            "changed" => Forge(_issuer.Sign("u", "rabbitmq.read:*/*")),
            "unsigned" => _issuer.Sign("u", Everything, changeHeader: header => header["alg"] = "none"),
            "with the public key as secret" => _issuer.Sign("u", Everything, changeHeader: header => header["alg"] = "HS256"),
            "without a key" => _issuer.Sign("u", Everything, changeHeader: header => header.Remove("kid")),
            "with an unknown key" => _issuer.Sign("u", Everything, changeHeader: header => header["kid"] = "key-9"),
            _ => "secret",
        };
        var error = await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(token));
        Assert.Contains(nameof(AuthenticationFailureException), error.ToString());
        Assert.Contains(_log.Lines, line => line.Contains(reason, StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, line => line.Contains(token, StringComparison.Ordinal));
        using var http = Bearer(token);
        using var answer = await http.GetAsync("api/whoami", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_shared_key_is_not_made_of_a_public_one_even_where_shared_keys_are_allowed()
    {
        await using var broker = await StartAsync(options =>
        {
            options.JwksUrl = new Uri(_issuer.Url, "keys");
            options.Algorithms = ["RS256", "HS256"];
        });
        var token = _issuer.Sign("u", Everything, changeHeader: header => header["alg"] = "HS256");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(token, broker: broker));
        Assert.Contains(_log.Lines, line => line.Contains("the token's signature is wrong", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_ends_when_its_token_does()
    {
        await using var connection = await ConnectAsync(_issuer.Sign("u", Everything, seconds: 5));
        var closed = new TaskCompletionSource<ushort>();
        connection.ConnectionShutdownAsync += (_, reason) =>
        {
            closed.TrySetResult(reason.ReplyCode);
            return Task.CompletedTask;
        };
        Assert.Equal(320, await closed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal("CONNECTION_FORCED - credential expired", connection.CloseReason!.ReplyText);
    }

    [Fact]
    public async Task A_newer_token_keeps_the_connection_open_and_brings_its_own_rights()
    {
        var first = _issuer.Sign("u", "rabbitmq.configure:*/a rabbitmq.write:*/*", seconds: 5);
        await using var connection = await ConnectAsync(first);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("a", true, false, false);
        await connection.UpdateSecretAsync(_issuer.Sign("u", "rabbitmq.configure:*/b"), "renewed");
        await channel.QueueDeclareAsync("b", true, false, false);
        // Past the end of the first one: the broker looks twice a second, and answers meanwhile.
        var end = DateTimeOffset.UtcNow.AddSeconds(6);
        while (DateTimeOffset.UtcNow < end) await channel.QueueDeclareAsync("b", true, false, false);
        Assert.True(connection.IsOpen);
        await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclareAsync("a", true, false, false));
    }

    [Theory]
    [InlineData("someone else")]
    [InlineData("expired")]
    public async Task A_bad_newer_token_ends_the_connection(string kind)
    {
        await using var connection = await ConnectAsync(_issuer.Sign("u", Everything));
        var next = kind == "expired" ? _issuer.Sign("u", Everything, seconds: -1) : _issuer.Sign("v", Everything);
        await Assert.ThrowsAnyAsync<Exception>(() => connection.UpdateSecretAsync(next, "renewed"));
        Assert.Equal(530, connection.CloseReason!.ReplyCode);
    }

    [Fact]
    public async Task The_http_api_takes_tokens_as_bearers_and_as_passwords_and_obeys_their_tags_and_scopes()
    {
        using var outsider = Bearer(_issuer.Sign("u", Everything));
        Assert.Equal(HttpStatusCode.Unauthorized, (await outsider.GetAsync("api/whoami", TestContext.Current.CancellationToken)).StatusCode);
        var token = _issuer.Sign("watcher", "rabbitmq.tag:management rabbitmq.read:%2F/* rabbitmq.configure:%2F/mine");
        using var bearer = Bearer(token);
        using var basic = Basic("anything", token);
        foreach (var http in new[] { bearer, basic })
        {
            var who = JsonNode.Parse(await http.GetStringAsync("api/whoami", TestContext.Current.CancellationToken))!;
            Assert.Equal(("watcher", "management"), (who["name"]!.ToString(), who["tags"]![0]!.ToString()));
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("api/users", TestContext.Current.CancellationToken)).StatusCode);
            Assert.True(await PutAsync(http, "api/queues/%2F/mine") is HttpStatusCode.Created or HttpStatusCode.NoContent);
            Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync(http, "api/queues/%2F/other"));
        }
    }

    [Fact]
    public async Task Who_is_known_to_none_of_the_backends_is_refused_and_each_of_them_is_asked()
    {
        await using var byPassword = await ConnectAsync("guest", "guest");
        Assert.True(byPassword.IsOpen);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync("wrong", "guest"));
        await using var tokensOnly = await StartAsync(options => options.JwksUrl = new Uri(_issuer.Url, "keys"), "oauth2");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync("guest", "guest", tokensOnly));
    }

    [Fact]
    public async Task A_new_key_is_fetched_when_a_token_names_it_and_not_for_every_token()
    {
        await using (await ConnectAsync(_issuer.Sign("u", Everything)))
        await using (await ConnectAsync(_issuer.Sign("u", Everything)))
            Assert.Equal(1, _issuer.Fetches);
        for (var i = 0; i < 5; i++)
        {
            var unknown = _issuer.Sign("u", Everything, changeHeader: header => header["kid"] = $"none-{i}");
            using var http = Bearer(unknown);
            using var answer = await http.GetAsync("api/whoami", TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, _issuer.Fetches);
        await using var broker = await StartAsync(options => options.Issuer = _issuer.Url);
        await using (await ConnectAsync(_issuer.Sign("u", Everything), broker: broker)) Assert.Equal(2, _issuer.Fetches);
    }

    [Fact]
    public async Task Keys_of_files_and_names_and_scopes_of_other_claims()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("key.pem", _issuer.PublicKeyPem);
        await using var broker = await StartAsync(options =>
        {
            options.SigningKeyFiles["file-key"] = file;
            options.DefaultKey = "file-key";
            options.PreferredUsernameClaims = ["email"];
            options.AdditionalScopesKeys = ["realm.roles"];
            options.ScopeAliases["developer"] = ["rabbitmq.configure:*/*"];
            options.ScopePrefix = "rabbitmq.";
            options.VerifyAudience = false;
        });
        var token = _issuer.Sign("u", "developer", changeHeader: header => header.Remove("kid"), change: claims =>
        {
            claims.Remove("aud");
            claims["email"] = "u@example.org";
            claims["realm"] = new JsonObject { ["roles"] = new JsonArray("rabbitmq.tag:management") };
        });
        await using var connection = await ConnectAsync(token, broker: broker);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("q", true, false, false);
        using var http = Bearer(token, broker);
        Assert.Contains("u@example.org", await http.GetStringAsync("api/whoami", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_key_file_that_is_none_stops_the_start()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("key.pem", "no key");
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => StartAsync(options => options.SigningKeyFiles["k"] = file));
        Assert.StartsWith($"cannot use the signing key 'k' of {file}: ", error.Message);
    }

    private async Task<HareBroker> StartAsync(Action<HareOAuth2Options> configure, params string[] backends)
    {
        var options = new HareBrokerOptions
        {
            Port = 0,
            ManagementPort = 0,
            AuthBackends = backends.Length > 0 ? backends : ["oauth2", "internal"],
            OAuth2 = { ResourceServerId = TokenIssuer.Audience },
            LoggerFactory = new LoggerFactory([_log]),
        };
        configure(options.OAuth2);
        return await HareBroker.StartAsync(options, TestContext.Current.CancellationToken);
    }

    private Task<IConnection> ConnectAsync(string token, string name = "", HareBroker? broker = null) => new ConnectionFactory
    {
        Uri = (broker ?? _broker).Uri,
        UserName = name,
        Password = token,
        AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync(TestContext.Current.CancellationToken);

    private HttpClient Bearer(string token, HareBroker? broker = null)
    {
        var http = new HttpClient { BaseAddress = (broker ?? _broker).ManagementUri };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private HttpClient Basic(string name, string token)
    {
        var http = new HttpClient { BaseAddress = _broker.ManagementUri };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{token}")));
        return http;
    }

    private static async Task<HttpStatusCode> PutAsync(HttpClient http, string path)
    {
        using var body = new StringContent("{}");
        using var answer = await http.PutAsync(path, body, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Other claims under the signature of these.</summary>
    private string Forge(string token)
    {
        var (good, forged) = (token.Split('.'), _issuer.Sign("admin", Everything).Split('.'));
        return $"{good[0]}.{forged[1]}.{good[2]}";
    }
}
