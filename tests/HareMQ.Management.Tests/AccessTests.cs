namespace HareMQ.Management.Tests;

/// <summary>Which user may do what: <see cref="AccessTable"/> on HareMQ and on RabbitMQ, and what a table cannot say.</summary>
[Collection(RabbitMqUrls.Collection)]
public sealed class AccessTests : IAsyncLifetime
{
    private static readonly (string Name, string Tags)[] s_users = [("manager", "management"), ("outsider", "management")];

    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await ManagementBroker.StartAsync();
        Assert.Equal(201, (await _broker.Http.PutAsync("vhosts/v")).Status);
        Assert.Equal(201, (await _broker.Http.PutAsync("queues/v/q")).Status);
        foreach (var (name, tags) in s_users) await _broker.Http.PutAsync($"users/{name}", $$"""{"password":"secret","tags":"{{tags}}"}""");
        Assert.Equal(201, (await _broker.Http.PutAsync("permissions/v/manager", """{"configure":".*","write":".*","read":".*"}""")).Status);
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Every_user_gets_what_the_tags_allow()
    {
        await using var target = await AccessTarget.CreateAsync(_broker.ManagementUri, _broker.AmqpUri);
        var wrong = new List<string>();
        foreach (var row in AccessTable.Rows)
        {
            var (expected, found) = (AccessTable.Expected(row), await target.TryAsync(row));
            if (!expected.SequenceEqual(found)) wrong.Add($"{row.Method} {row.Template}: {Text(found)}, expected {Text(expected)}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task RabbitMQ_gives_every_user_the_same()
    {
        var rabbitMq = RabbitMqUrls.Require();
        await using var target = await AccessTarget.CreateAsync(rabbitMq.Management, rabbitMq.Amqp);
        var told = DocumentedDifferences.Read();
        var differences = new List<string>();
        foreach (var row in AccessTable.Rows)
        {
            var (ours, theirs) = (AccessTable.Expected(row), await target.TryAsync(row));
            if (ours.SequenceEqual(theirs) || told.AreStatusesTold($"{row.Method} {row.Template}", Text(theirs), Text(ours))) continue;
            differences.Add($"| `{row.Method} {row.Template}` | {Text(theirs)} | {Text(ours)} |");
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public async Task Every_method_of_every_path_is_in_the_table()
    {
        var described = (await _broker.Http.ReadAsync("openapi.json"))["paths"]!.AsObject()
            .Where(path => path.Key.StartsWith("/api/", StringComparison.Ordinal))
            // For harectl: without a process of its own, as here, most of them answer 404 to whom they do not refuse.
            .Where(path => !path.Key.StartsWith("/api/haremq/", StringComparison.Ordinal))
            .SelectMany(path => path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key["/api/".Length..]}"));
        Assert.Equal(
            described.Order(StringComparer.Ordinal),
            AccessTable.Rows.Select(row => $"{row.Method} {row.Template}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_orchestrators_ask_needs_no_login()
    {
        using var http = new HttpClient { BaseAddress = _broker.ManagementUri };
        foreach (var path in (string[])["/health/live", "/health/ready", "/api/openapi.json"])
        {
            using var answer = await http.GetAsync(path);
            Assert.Equal(200, (int)answer.StatusCode);
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

    /// <summary>One status if it is everybody's.</summary>
    private static string Text(int[] statuses) =>
        statuses.Distinct().Count() == 1 ? $"{statuses[0]}" : string.Join(' ', statuses);
}
