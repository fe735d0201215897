using HareMQ.Testing;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>Users, virtual hosts, permissions, policies, limits, parameters, connections.</summary>
public sealed class AdministrationTests : IAsyncLifetime
{
    private ManagementBroker _broker = null!;

    private ApiClient Http => _broker.Http;

    public async ValueTask InitializeAsync() => _broker = await ManagementBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task User_is_made_changed_and_deleted()
    {
        Assert.Equal(201, (await Http.PutAsync("users/bob", """{"password":"secret","tags":"management, custom"}""")).Status);
        var bob = await Http.ReadAsync("users/bob");
        Assert.Equal("""["custom","management"]""", bob["tags"]!.ToJsonString());
        Assert.Equal(200, await LoginAsync("bob", "secret"));

        // The hash moves the password to another name.
        var hash = bob["password_hash"]!.ToString();
        Assert.Equal(201, (await Http.PutAsync("users/eve", $$"""{"password_hash":"{{hash}}","tags":["management"]}""")).Status);
        Assert.Equal(200, await LoginAsync("eve", "secret"));

        Assert.Equal(204, (await Http.PutAsync("users/bob", """{"password":"other","tags":"management"}""")).Status);
        Assert.Equal(401, await LoginAsync("bob", "secret"));
        Assert.Equal("tags_not_present", (await Http.PutAsync("users/bob", """{"password":"x"}""")).Reason);
        Assert.Equal(2, (await Http.ReadAsync("users/without-permissions")).AsArray().Count);
        Assert.Equal(204, (await Http.PostAsync("users/bulk-delete", """{"users":["bob","eve"]}""")).Status);
        Assert.Equal(404, (await Http.GetAsync("users/bob")).Status);
    }

    [Fact]
    public async Task Definitions_of_all_kinds_survive_a_restart()
    {
        await Http.PutAsync("vhosts/v", """{"description":"d","tags":"a,b","default_queue_type":"quorum"}""");
        await Http.PutAsync("users/bob", """{"password":"secret","tags":""}""");
        await Http.PutAsync("permissions/v/bob", """{"configure":"a","write":"b","read":"c"}""");
        await Http.PutAsync("topic-permissions/v/bob", """{"exchange":"amq.topic","write":"w","read":"r"}""");
        await Http.PutAsync("parameters/c/v/n", """{"value":{"a":[1]}}""");
        await Http.PutAsync("global-parameters/g", """{"value":"x"}""");
        await Http.PutAsync("cluster-name", """{"name":"burrow"}""");
        await Http.PutAsync("policies/v/p", """{"pattern":"^q","definition":{"max-length":3},"priority":7}""");
        await Http.PutAsync("operator-policies/v/o", """{"pattern":"^q","definition":{"max-length":9}}""");
        await Http.PutAsync("vhost-limits/v/max-queues", """{"value":10}""");
        await Http.PutAsync("user-limits/bob/max-channels", """{"value":"5"}""");
        await Http.PutAsync("queues/v/q", """{"durable":true}""");
        string[] paths =
        [
            "vhosts/v?columns=description,tags,default_queue_type,metadata", "permissions", "topic-permissions/v/bob", "parameters",
            "global-parameters", "cluster-name", "policies", "operator-policies", "vhost-limits", "user-limits",
            "queues/v/q?columns=policy,operator_policy,effective_policy_definition",
        ];
        var before = new List<string>();
        foreach (var path in paths) before.Add((await Http.ReadAsync(path)).ToJsonString());
        const string Noted = """{"description":"d","tags":["a","b"],"default_queue_type":"quorum"}""";
        Assert.Equal($"{Noted[..^1]},\"metadata\":{Noted}}}", before[0]);
        Assert.Equal("""[{"vhost":"v","value":{"max-queues":10}}]""", before[8]);
        Assert.Equal("""{"policy":"p","operator_policy":"o","effective_policy_definition":{"max-length":3}}""", before[10]);

        await _broker.RestartAsync();
        for (var i = 0; i < paths.Length; i++) Assert.Equal(before[i], (await Http.ReadAsync(paths[i])).ToJsonString());
    }

    [Fact]
    public async Task Limits_and_operator_policies_are_parameters_too()
    {
        const string Limits = "parameters/vhost-limits/%2F/limits", Policy = "parameters/operator_policy/%2F/o";
        const string Bound = """{"value":{"pattern":"^q","definition":{"max-length":9},"apply-to":"queues"}}""";
        Assert.Equal(201, (await Http.PutAsync(Limits, """{"value":{"max-queues":10}}""")).Status);
        Assert.Equal(201, (await Http.PutAsync(Policy, Bound)).Status);
        Assert.Equal(204, (await Http.PutAsync(Policy, Bound)).Status);
        Assert.Equal(10, (await Http.ReadAsync("vhost-limits/%2F"))[0]!["value"]!["max-queues"]!.GetValue<int>());
        Assert.Equal(9, (await Http.ReadAsync("operator-policies/%2F/o"))["definition"]!["max-length"]!.GetValue<int>());
        Assert.Equal(2, (await Http.ReadAsync("parameters")).AsArray().Count);
        Assert.Equal(400, (await Http.PutAsync(Limits, """{"value":{"unknown":10}}""")).Status);
        Assert.Equal(400, (await Http.PutAsync("parameters/vhost-limits/%2F/other", """{"value":{"max-queues":10}}""")).Status);

        // Not by this door either.
        await Http.PutAsync("users/maker", """{"password":"secret","tags":"policymaker"}""");
        await Http.PutAsync("permissions/%2F/maker", """{"configure":"","write":"","read":""}""");
        using (var maker = _broker.HttpAs("maker", "secret"))
        {
            Assert.Equal(200, (await maker.GetAsync(Limits)).Status);
            Assert.Equal(401, (await maker.DeleteAsync(Policy)).Status);
        }

        foreach (var path in (string[])[Limits, Policy])
        {
            Assert.Equal(204, (await Http.DeleteAsync(path)).Status);
            Assert.Equal(404, (await Http.DeleteAsync(path)).Status);
        }

        Assert.Empty((await Http.ReadAsync("vhost-limits")).AsArray());
        Assert.Empty((await Http.ReadAsync("operator-policies")).AsArray());
    }

    [Fact]
    public async Task What_was_set_can_be_cleared()
    {
        (string Path, string Body)[] settings =
        [
            ("parameters/c/%2F/n", """{"value":1}"""), ("global-parameters/g", """{"value":1}"""),
            ("policies/%2F/p", """{"pattern":"","definition":{"max-length":1}}"""), ("vhosts/v", "{}"),
            ("users/bob", """{"tags":""}"""),
        ];
        foreach (var (path, body) in settings)
        {
            Assert.Equal(201, (await Http.PutAsync(path, body)).Status);
            Assert.Equal(204, (await Http.PutAsync(path, body)).Status);
            Assert.Equal(204, (await Http.DeleteAsync(path)).Status);
            Assert.Equal(404, (await Http.GetAsync(path)).Status);
            Assert.Equal(404, (await Http.DeleteAsync(path)).Status);
        }
    }

    [Theory]
    [InlineData("permissions/%2F/no", """{"configure":"","write":"","read":""}""")]
    [InlineData("permissions/no/guest", """{"configure":"","write":"","read":""}""")]
    [InlineData("permissions/%2F/guest", """{"configure":"(","write":"","read":""}""")]
    [InlineData("permissions/%2F/guest", """{"configure":""}""")]
    [InlineData("policies/%2F/p", """{"pattern":"("}""")]
    [InlineData("policies/%2F/p", """{"pattern":"(","definition":{"max-length":1}}""")]
    [InlineData("policies/%2F/p", """{"pattern":"x","definition":{"unknown":1}}""")]
    [InlineData("policies/%2F/p", """{"pattern":"x","definition":{"max-length":1},"apply-to":"x"}""")]
    [InlineData("vhost-limits/%2F/unknown", """{"value":1}""")]
    [InlineData("user-limits/guest/max-channels", """{"value":"x"}""")]
    [InlineData("users/x", """{"password_hash":"zz","tags":""}""")]
    [InlineData("vhosts/x", """{"default_queue_type":"zz"}""")]
    [InlineData("global-parameters/x", "{}")]
    public async Task What_cannot_be_is_refused(string path, string body)
    {
        var answer = await Http.PutAsync(path, body);
        Assert.Equal((400, "bad_request"), (answer.Status, answer.Json!["error"]!.ToString()));
    }

    [Fact]
    public async Task Closed_connection_tells_its_client_why()
    {
        var connection = await _broker.ConnectAsync("victim");
        var name = (await Http.ReadAsync("connections")).AsArray().Single(one =>
            one!["user_provided_name"]!.ToString() == "victim")!["name"]!;
        var path = $"connections/{Uri.EscapeDataString(name.ToString())}";
        var answer = await Http.SendAsync("DELETE", path, null, ("X-Reason", "spring cleaning"));
        Assert.Equal(204, answer.Status);
        await Eventually.Equal(false, () => connection.IsOpen);
        Assert.Equal((320, "CONNECTION_FORCED - spring cleaning"), (connection.CloseReason!.ReplyCode, connection.CloseReason.ReplyText));
        await Eventually.Equal(404, async () => (await Http.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Users_close_their_own_connections_only()
    {
        await Http.PutAsync("users/bob", """{"password":"secret","tags":"management"}""");
        await Http.PutAsync("permissions/%2F/bob", """{"configure":".*","write":".*","read":".*"}""");
        var mine = await _broker.ConnectAsync("mine", "bob", "secret");
        await _broker.ConnectAsync("other");
        using var bob = _broker.HttpAs("bob", "secret");
        Assert.Equal("mine", Assert.Single((await bob.ReadAsync("connections")).AsArray())!["user_provided_name"]!.ToString());
        Assert.Equal(401, (await bob.DeleteAsync("connections/username/guest")).Status);
        Assert.Equal(204, (await bob.DeleteAsync("connections/username/bob")).Status);
        await Eventually.Equal(false, () => mine.IsOpen);
    }

    [Fact]
    public async Task Deleted_virtual_host_takes_its_connections_along()
    {
        await Http.PutAsync("vhosts/v");
        var factory = new ConnectionFactory { Port = _broker.AmqpPort, VirtualHost = "v", AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        Assert.Equal(204, (await Http.DeleteAsync("vhosts/v")).Status);
        await Eventually.Equal(false, () => connection.IsOpen);
        // This client does not wait for the answer to connection.open.
        await using var late = await factory.CreateConnectionAsync();
        await Eventually.Equal(false, () => late.IsOpen);
        Assert.Equal(530, late.CloseReason!.ReplyCode);
    }

    [Fact]
    public async Task Health_checks_tell_what_is_well_and_what_is_not()
    {
        foreach (var path in (string[])
            ["/health/live", "/health/ready", "health/checks/alarms", "health/checks/local-alarms", "health/checks/virtual-hosts",
                $"health/checks/port-listener/{_broker.AmqpPort}", $"health/checks/port-listener/{_broker.HttpPort}",
                "health/checks/protocol-listener/amqp", "health/checks/protocol-listener/http", "health/checks/node-is-quorum-critical",
                "health/checks/certificate-expiration/1/months", "health/checks/ready-to-serve-clients", "aliveness-test/%2F"])
            Assert.Equal("ok", (await Http.ReadAsync(path))["status"]!.ToString());
        foreach (var path in (string[])["health/checks/port-listener/1", "health/checks/protocol-listener/mqtt"])
        {
            var answer = await Http.GetAsync(path);
            Assert.Equal((503, "failed", "No active listener"), (answer.Status, answer.Json!["status"]!.ToString(), answer.Reason));
        }
    }

    [Fact]
    public async Task Description_has_every_endpoint_once_and_nothing_that_is_not_there()
    {
        var paths = (await Http.ReadAsync("openapi.json"))["paths"]!.AsObject();
        Assert.True(paths.Count > 90, $"{paths.Count} paths");
        foreach (var (path, methods) in paths)
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                Assert.NotEqual("", operation!["summary"]!.ToString());
                var names = path.Split('/').Where(segment => segment.StartsWith('{')).Select(segment => segment[1..^1]);
                Assert.Equal(names, operation["parameters"]!.AsArray().Select(one => one!["name"]!.ToString()));
                // Whatever it answers, it is not that there is no such endpoint; and without a login nothing is done.
                using var nobody = _broker.HttpAs("who", "x");
                // The body that is missing is what would log in.
                var isOpen = operation["x-access"]!.ToString() == "Anybody" && path != "/api/login";
                var answer = await nobody.SendAsync(method.ToUpperInvariant(), path.Replace("{", "").Replace("}", ""));
                Assert.True(answer.Status == (isOpen ? 200 : 401), $"{method} {path}: {answer}");
            }
        }
    }

    private async Task<int> LoginAsync(string user, string password)
    {
        using var http = _broker.HttpAs(user, password);
        return (await http.GetAsync("whoami")).Status;
    }
}
