namespace HareMQ.Management.Tests;

/// <summary>Which user may do what: a table of all kinds of endpoints and all kinds of users.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const int Ok = 200;
    private const int No = 401;

    /// <summary>In the order of the table's columns. All but "outsider" have a permission in virtual host "v".</summary>
    private static readonly (string Name, string Tags)[] s_users =
    [
        ("nobody", ""), ("manager", "management"), ("maker", "policymaker"), ("monitor", "monitoring"), ("admin", "administrator"),
        ("outsider", "management"), ("watcher", "monitoring"),
    ];

    private ManagementBroker _broker = null!;

    public static TheoryData<string, string, int[]> Table => new()
    {
        { "GET", "overview", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "whoami", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "nodes", [No, No, No, Ok, Ok, No, Ok] },
        { "GET", "vhosts", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "vhosts/v", [No, Ok, Ok, Ok, Ok, No, Ok] },
        { "GET", "vhosts/v/permissions", [No, No, No, No, Ok, No, No] },
        { "GET", "users", [No, No, No, No, Ok, No, No] },
        { "GET", "users/guest", [No, No, No, No, Ok, No, No] },
        { "GET", "permissions", [No, No, No, No, Ok, No, No] },
        { "GET", "topic-permissions", [No, No, No, No, Ok, No, No] },
        { "GET", "queues", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "queues/v", [No, Ok, Ok, Ok, Ok, No, Ok] },
        { "GET", "queues/v/q", [No, Ok, Ok, Ok, Ok, No, Ok] },
        { "GET", "exchanges/v/amq.direct", [No, Ok, Ok, Ok, Ok, No, Ok] },
        { "GET", "bindings/v", [No, Ok, Ok, Ok, Ok, No, Ok] },
        { "GET", "connections", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "channels", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "consumers/v", [No, Ok, Ok, Ok, Ok, No, Ok] },
        { "GET", "parameters", [No, No, Ok, No, Ok, No, No] },
        { "GET", "global-parameters", [No, No, No, No, Ok, No, No] },
        { "GET", "policies", [No, No, Ok, No, Ok, No, No] },
        { "GET", "policies/v", [No, No, Ok, No, Ok, No, No] },
        { "GET", "operator-policies", [No, No, No, No, Ok, No, No] },
        { "GET", "vhost-limits", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "user-limits", [No, No, No, No, Ok, No, No] },
        { "GET", "definitions", [No, No, No, No, Ok, No, No] },
        { "GET", "extensions", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "feature-flags", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "cluster-name", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "health/checks/alarms", [No, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "aliveness-test/v", [No, Ok, Ok, Ok, Ok, No, No] },
        { "PUT", "queues/v/new-{user}", [No, 201, 201, 201, 201, No, No] },
        { "PUT", "exchanges/v/new-{user}", [No, 201, 201, 201, 201, No, No] },
        { "POST", "bindings/v/e/amq.direct/q/q", [No, 201, 201, 201, 201, No, No] },
        { "DELETE", "queues/v/q/contents", [No, 204, 204, 204, 204, No, No] },
        { "PUT", "policies/v/new-{user}", [No, No, 201, No, 201, No, No] },
        { "PUT", "operator-policies/v/new-{user}", [No, No, No, No, 201, No, No] },
        { "PUT", "parameters/c/v/new-{user}", [No, No, 201, No, 201, No, No] },
        { "PUT", "global-parameters/new-{user}", [No, No, No, No, 201, No, No] },
        { "PUT", "vhosts/new-{user}", [No, No, No, No, 201, No, No] },
        { "PUT", "users/new-{user}", [No, No, No, No, 201, No, No] },
        { "PUT", "permissions/v/nobody", [No, No, No, No, 204, No, No] },
        { "PUT", "cluster-name", [No, No, No, No, 204, No, No] },
        { "PUT", "vhost-limits/v/max-queues", [No, No, No, No, 204, No, No] },
        { "PUT", "user-limits/nobody/max-channels", [No, No, No, No, 204, No, No] },
        { "POST", "definitions", [No, No, No, No, 204, No, No] },
        { "DELETE", "reset", [No, No, No, No, 204, No, No] },
        { "DELETE", "users/missing", [No, No, No, No, 404, No, No] },
        { "DELETE", "vhosts/missing", [No, No, No, No, 404, No, No] },
        { "GET", "openapi.json", [Ok, Ok, Ok, Ok, Ok, Ok, Ok] },
        { "GET", "/health/live", [Ok, Ok, Ok, Ok, Ok, Ok, Ok] },
    };

    public async ValueTask InitializeAsync()
    {
        _broker = await ManagementBroker.StartAsync();
        var admin = _broker.Http;
        Assert.Equal(201, (await admin.PutAsync("vhosts/v")).Status);
        Assert.Equal(201, (await admin.PutAsync("queues/v/q")).Status);
        foreach (var (name, tags) in s_users)
        {
            await admin.PutAsync($"users/{name}", $$"""{"password":"secret","tags":"{{tags}}"}""");
            if (name is not ("outsider" or "watcher"))
                Assert.Equal(201, (await admin.PutAsync($"permissions/v/{name}",
                    """{"configure":".*","write":".*","read":".*"}""")).Status);
        }
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Every_user_gets_what_the_tags_allow(string method, string path, int[] expected)
    {
        const string Body = """
            {"password":"x","tags":"","configure":"","write":"","read":"","name":"n","value":100,"pattern":"x",
            "definition":{"max-length":1}}
            """;
        for (var i = 0; i < s_users.Length; i++)
        {
            using var http = _broker.HttpAs(s_users[i].Name, "secret");
            var answer = await http.SendAsync(method, path.Replace("{user}", s_users[i].Name), method is "GET" or "DELETE" ? null : Body);
            Assert.True(answer.Status == expected[i], $"{method} {path} as {s_users[i].Name}: {answer}, expected {expected[i]}");
        }
    }

    [Fact]
    public async Task Wrong_password_and_unknown_user_are_told_the_same()
    {
        using var wrong = _broker.HttpAs("guest", "wrong");
        using var unknown = _broker.HttpAs("who", "wrong");
        var (first, second) = (await wrong.GetAsync("overview"), await unknown.GetAsync("overview"));
        Assert.Equal((401, "not_authorised"), (first.Status, first.Json!["error"]!.ToString()));
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Lists_show_what_the_user_may_see()
    {
        using var manager = _broker.HttpAs("manager", "secret");
        using var outsider = _broker.HttpAs("outsider", "secret");
        Assert.Equal("v", Assert.Single((await manager.ReadAsync("vhosts")).AsArray())!["name"]!.ToString());
        Assert.Single((await manager.ReadAsync("queues")).AsArray());
        Assert.Empty((await outsider.ReadAsync("vhosts")).AsArray());
        Assert.Empty((await outsider.ReadAsync("queues")).AsArray());
        Assert.Null((await outsider.ReadAsync("overview"))["node"]);
    }

    [Fact]
    public async Task Permissions_over_amqp_hold_over_http()
    {
        await _broker.Http.PutAsync("permissions/v/manager", """{"configure":"^mine-","write":"^mine-","read":"^mine-"}""");
        using var manager = _broker.HttpAs("manager", "secret");
        Assert.Equal(201, (await manager.PutAsync("queues/v/mine-1")).Status);
        Assert.Equal(401, (await manager.PutAsync("queues/v/other")).Status);
        Assert.Equal(401, (await manager.DeleteAsync("queues/v/q")).Status);
        Assert.Equal(401, (await manager.PutAsync("exchanges/v/other")).Status);
        Assert.Equal(401, (await manager.DeleteAsync("queues/v/q/contents")).Status);
        Assert.Equal(401, (await manager.PostAsync("queues/v/q/get",
            """{"count":1,"ackmode":"ack_requeue_true","encoding":"auto"}""")).Status);
        Assert.Equal(401, (await manager.PostAsync("bindings/v/e/amq.direct/q/mine-1")).Status);
        Assert.Equal(401, (await manager.PostAsync(
            "exchanges/v/amq.default/publish",
            """{"properties":{},"routing_key":"mine-1","payload":"","payload_encoding":"string"}""")).Status);
    }
}
