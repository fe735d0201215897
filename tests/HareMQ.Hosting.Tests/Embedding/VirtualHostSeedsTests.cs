using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using HareMQ.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Embedding;

/// <summary>Users and operators' policies that virtual hosts begin with, seen through clients.</summary>
public sealed class VirtualHostSeedsTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private HareBroker _broker = null!;
    private HttpClient _http = null!;

    [Fact]
    public async Task Users_are_made_with_the_first_virtual_host_that_matches_and_kept_by_later_ones()
    {
        await StartAsync();
        Assert.Equal(["guest"], await NamesAsync("users"));
        await PutAsync("vhosts/shop-1");
        await ConnectAsync("shop-1", "first");
        await PutAsync("users/clerk", new { password = "second", tags = "monitoring" });
        await PutAsync("vhosts/shop-2");
        await ConnectAsync("shop-2", "second");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync("shop-2", "first"));
        await PutAsync("vhosts/other");
        await Assert.ThrowsAnyAsync<RabbitMQClientException>(() => ConnectAsync("other", "second"));

        Assert.Equal(["monitoring"], (await ReadAsync("users/clerk"))["tags"]!.AsArray().Select(tag => tag!.ToString()));
        foreach (var name in (string[])["shop-1", "shop-2"])
        {
            var permission = await ReadAsync($"permissions/{name}/clerk");
            Assert.Equal("^c ^w ^r", $"{permission["configure"]} {permission["write"]} {permission["read"]}");
        }
    }

    [Fact]
    public async Task A_user_without_a_password_exists_and_cannot_log_in()
    {
        await StartAsync();
        await PutAsync("vhosts/shop-1");
        Assert.Equal(["audit", "management"], (await ReadAsync("users/robot"))["tags"]!.AsArray().Select(tag => tag!.ToString()).Order());
        Assert.NotEqual("", (await ReadAsync("users/robot"))["password_hash"]!.ToString());
        foreach (var password in (string[])["", "robot", "guest"])
            await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync("shop-1", password, "robot"));
    }

    [Fact]
    public async Task All_policies_that_match_are_there_and_count()
    {
        await StartAsync();
        await PutAsync("vhosts/shop-1");
        await PutAsync("vhosts/other");
        Assert.Equal(["short", "small"], (await NamesAsync("operator-policies/shop-1")).Order());
        Assert.Equal(["small"], await NamesAsync("operator-policies/other"));
        var policy = await ReadAsync("operator-policies/shop-1/short");
        Assert.Equal("""{"expires":60000,"max-length":1}""", policy["definition"]!.ToJsonString());
        Assert.Equal("^q quorum_queues 0", $"{policy["pattern"]} {policy["apply-to"]} {policy["priority"]}");

        await PutAsync("queues/shop-1/q", new { durable = true, arguments = new Dictionary<string, string> { ["x-queue-type"] = "quorum" } });
        Assert.Equal("short", (await ReadAsync("queues/shop-1/q"))["operator_policy"]!.ToString());
        await PutAsync("queues/shop-1/plain", new { durable = true });
        Assert.Equal("small", (await ReadAsync("queues/shop-1/plain"))["operator_policy"]!.ToString());
    }

    [Fact]
    public async Task The_first_virtual_host_begins_with_them_and_all_survives_a_restart()
    {
        await StartAsync();
        Assert.Equal(["small"], await NamesAsync("operator-policies/%2F"));
        await PutAsync("vhosts/shop-1");
        await StopAsync();
        await StartAsync(options => (options.DefaultUsers, options.DefaultOperatorPolicies) = ([], []));

        Assert.Equal(["small"], await NamesAsync("operator-policies/%2F"));
        Assert.Equal(["short", "small"], (await NamesAsync("operator-policies/shop-1")).Order());
        await ConnectAsync("shop-1", "first");
        await PutAsync("vhosts/shop-2");
        Assert.Empty(await NamesAsync("operator-policies/shop-2"));
    }

    [Fact]
    public async Task The_default_user_is_as_it_was_configured_even_if_it_is_one_of_them()
    {
        await StartAsync(options => options.DefaultUsers = [new HareDefaultUser("guest") { Password = "other", Permissions = new("", "", "") }]);
        Assert.Equal(".*", (await ReadAsync("permissions/%2F/guest"))["configure"]!.ToString());
        await StopAsync();
        await StartAsync();
        Assert.Equal(".*", (await ReadAsync("permissions/%2F/guest"))["configure"]!.ToString());
    }

    [Fact]
    public async Task Their_events_are_told()
    {
        await StartAsync(options => options.EventExchange = true);
        await using var client = await Client.ConnectAsync(_broker.Uri);
        await client.DeclareAsync("events");
        foreach (var key in (string[])["user.*", "permission.*", "policy.*", "vhost.created"])
            await client.Channel.QueueBindAsync("events", "amq.rabbitmq.event", key);
        await PutAsync("vhosts/shop-1");

        var keys = new List<string>();
        await Eventually.Equal(true, async () =>
        {
            while (await client.Channel.BasicGetAsync("events", autoAck: true) is { } message) keys.Add(message.RoutingKey);
            return keys.Contains("vhost.created");
        });
        Assert.Equal(
            [
                "policy.set", "policy.set", "user.created", "permission.created", "user.created", "permission.created", "vhost.created",
            ], keys[..(keys.IndexOf("vhost.created") + 1)].Where(key => key != "user.tags.set"));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Dispose();
    }

    private async Task StartAsync(Action<HareBrokerOptions>? configure = null)
    {
        _broker = await HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.ManagementPort = 0;
            options.DataDirectory = _directory.Path;
            options.DefaultUsers =
            [
                new HareDefaultUser("clerk") { VirtualHostPattern = "^shop", Password = "first", Permissions = new("^c", "^w", "^r") },
                new HareDefaultUser("robot") { VirtualHostPattern = "-1$", Tags = ["management", "audit"] },
            ];
            options.DefaultOperatorPolicies =
            [
                new HareDefaultPolicy("small", """{"max-length-bytes":1000}"""),
                new HareDefaultPolicy("short", """{"expires":60000,"max-length":1}""")
                {
                    VirtualHostPattern = "^shop", QueuePattern = "^q", ApplyTo = "quorum_queues",
                },
            ];
            configure?.Invoke(options);
        });
        _http = new HttpClient { BaseAddress = new Uri(_broker.ManagementUri!, "/api/") };
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("guest:guest")));
    }

    private async Task StopAsync()
    {
        _http.Dispose();
        await _broker.DisposeAsync();
    }

    private async Task ConnectAsync(string virtualHost, string password, string user = "clerk")
    {
        var factory = new ConnectionFactory { Uri = _broker.Uri, VirtualHost = virtualHost, UserName = user, Password = password };
        await using var connection = await factory.CreateConnectionAsync(TestContext.Current.CancellationToken);
        // The client does not wait for the virtual host before.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    private async Task PutAsync(string path, object? body = null)
    {
        using var answer = await _http.PutAsJsonAsync(path, body ?? new { });
        answer.EnsureSuccessStatusCode();
    }

    private async Task<JsonNode> ReadAsync(string path) => JsonNode.Parse(await _http.GetStringAsync(path))!;

    private async Task<IEnumerable<string>> NamesAsync(string path) => (await ReadAsync(path)).AsArray().Select(one => one!["name"]!.ToString());
}
