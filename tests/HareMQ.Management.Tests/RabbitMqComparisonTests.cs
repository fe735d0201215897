using System.Text.Json.Nodes;

namespace HareMQ.Management.Tests;

/// <summary>
/// The same requests to HareMQ and to a rabbitmq-server with its management plugin, whose URL a variable names: same status, same fields.
/// </summary>
[Collection(RabbitMqUrls.Collection)]
public sealed class RabbitMqComparisonTests : IAsyncLifetime
{
    public const string Variable = "HAREMQ_TEST_RABBITMQ_MANAGEMENT_URL";

    /// <summary>
    /// Requests in their order; those of a later line find what an earlier one has made. Names are unlikely to be there already.
    /// </summary>
    private static readonly (string Method, string Path, string? Body)[] s_requests =
    [
        ("GET", "whoami", null),
        ("PUT", "vhosts/cmp", """{"description":"d","tags":"a,b"}"""),
        ("PUT", "vhosts/cmp", """{"description":"d","tags":"a,b"}"""),
        ("GET", "vhosts/cmp/permissions", null),
        ("PUT", "users/cmp", """{"password":"x","tags":"management"}"""),
        ("PUT", "users/cmp", """{"password":"x"}"""),
        ("GET", "users/cmp", null),
        ("GET", "users/cmp/permissions", null),
        ("PUT", "permissions/cmp/cmp", """{"configure":"","write":"","read":""}"""),
        ("PUT", "permissions/cmp/cmp", """{"configure":"","write":"","read":""}"""),
        ("PUT", "permissions/cmp/nobody", """{"configure":"","write":"","read":""}"""),
        ("PUT", "permissions/nowhere/cmp", """{"configure":"","write":"","read":""}"""),
        ("GET", "permissions/cmp/cmp", null),
        ("PUT", "topic-permissions/cmp/cmp", """{"exchange":"amq.topic","write":"a","read":"b"}"""),
        ("GET", "topic-permissions/cmp/cmp", null),
        ("DELETE", "topic-permissions/cmp/cmp", null),
        ("PUT", "exchanges/cmp/x", """{"type":"topic","durable":true}"""),
        ("PUT", "exchanges/cmp/x", """{"type":"topic","durable":true}"""),
        ("PUT", "exchanges/cmp/x", """{"type":"direct","durable":true}"""),
        ("PUT", "exchanges/cmp/y", """{"type":"none"}"""),
        ("PUT", "exchanges/cmp/y", "nonsense"),
        ("PUT", "exchanges/nowhere/y", "{}"),
        ("PUT", "exchanges/cmp/amq.mine", "{}"),
        ("DELETE", "exchanges/cmp/amq.direct", null),
        ("PUT", "queues/cmp/q", """{"durable":true,"arguments":{"x-max-length":10}}"""),
        ("PUT", "queues/cmp/q", """{"durable":true,"arguments":{"x-max-length":10}}"""),
        ("PUT", "queues/cmp/q", """{"durable":true,"arguments":{"x-max-length":11}}"""),
        ("PUT", "queues/cmp/bad", """{"arguments":{"x-max-length":-1}}"""),
        ("PUT", "queues/cmp/amq.mine", "{}"),
        ("PUT", "queues/nowhere/q", "{}"),
        ("GET", "queues/cmp/nothing", null),
        ("GET", "queues/nowhere", null),
        ("POST", "bindings/cmp/e/x/q/q", """{"routing_key":"a.b","arguments":{}}"""),
        ("POST", "bindings/cmp/e/x/q/nothing", "{}"),
        ("POST", "bindings/cmp/e/nothing/q/q", "{}"),
        ("POST", "bindings/cmp/e/x/e/amq.fanout", "{}"),
        ("GET", "bindings/cmp/e/x/q/q", null),
        ("GET", "bindings/cmp/e/x/q/q/a.b", null),
        ("GET", "bindings/cmp/e/x/q/q/nothing", null),
        ("GET", "bindings/cmp", null),
        ("GET", "queues/cmp/q/bindings", null),
        ("GET", "exchanges/cmp/x/bindings/source", null),
        ("GET", "exchanges/cmp/amq.fanout/bindings/destination", null),
        ("POST", "exchanges/cmp/x/publish",
            """{"properties":{"priority":1},"routing_key":"a.b","payload":"hi","payload_encoding":"string"}"""),
        ("POST", "exchanges/cmp/x/publish", """{"properties":{},"routing_key":"none","payload":"hi","payload_encoding":"string"}"""),
        ("POST", "exchanges/cmp/nothing/publish", """{"properties":{},"routing_key":"","payload":"","payload_encoding":"string"}"""),
        ("POST", "exchanges/cmp/x/publish", """{"properties":{}}"""),
        ("POST", "queues/cmp/q/get", """{"count":5,"ackmode":"ack_requeue_true","encoding":"auto"}"""),
        ("POST", "queues/cmp/q/get", """{"count":5,"ackmode":"reject_requeue_true","encoding":"base64"}"""),
        ("POST", "queues/cmp/q/get", """{"count":5}"""),
        ("POST", "queues/cmp/nothing/get", """{"count":5,"ackmode":"ack_requeue_true","encoding":"auto"}"""),
        ("DELETE", "queues/cmp/q?if-empty=true", null),
        ("DELETE", "exchanges/cmp/x?if-unused=true", null),
        ("DELETE", "queues/cmp/q/contents", null),
        ("PUT", "policies/cmp/p", """{"pattern":"^q","definition":{"max-length":5},"priority":1,"apply-to":"queues"}"""),
        ("PUT", "policies/cmp/bad", """{"pattern":"^q","definition":{"unknown":5}}"""),
        ("PUT", "policies/cmp/bad", """{"pattern":"("}"""),
        ("GET", "policies/cmp/p", null),
        ("GET", "policies/cmp", null),
        ("PUT", "operator-policies/cmp/p", """{"pattern":"^q","definition":{"max-length":5}}"""),
        ("GET", "operator-policies/cmp", null),
        ("PUT", "vhost-limits/cmp/max-queues", """{"value":10}"""),
        ("GET", "vhost-limits/cmp", null),
        ("PUT", "vhost-limits/cmp/unknown", """{"value":10}"""),
        ("PUT", "user-limits/cmp/max-channels", """{"value":10}"""),
        ("GET", "user-limits/cmp", null),
        ("PUT", "global-parameters/cmp", """{"value":1}"""),
        ("GET", "global-parameters/cmp", null),
        ("DELETE", "global-parameters/cmp", null),
        ("GET", "parameters/nothing/cmp/none", null),
        ("GET", "queues?page=1&page_size=1&columns=name", null),
        ("GET", "queues?page=0", null),
        ("GET", "queues?page=1000&page_size=1", null),
        ("GET", "queues?page=1&page_size=501", null),
        ("GET", "connections", null),
        ("GET", "channels", null),
        ("GET", "consumers/cmp", null),
        ("GET", "extensions", null),
        ("GET", "feature-flags", null),
        ("GET", "cluster-name", null),
        ("GET", "health/checks/alarms", null),
        ("GET", "health/checks/local-alarms", null),
        ("GET", "health/checks/virtual-hosts", null),
        ("GET", "health/checks/node-is-quorum-critical", null),
        ("GET", "health/checks/port-listener/1", null),
        ("GET", "health/checks/protocol-listener/amqp", null),
        ("GET", "health/checks/certificate-expiration/1/months", null),
        ("GET", "aliveness-test/cmp", null),
        ("GET", "nothing", null),
        ("DELETE", "overview", null),
        ("DELETE", "connections/nothing", null),
        ("DELETE", "users/nothing", null),
        ("DELETE", "queues/cmp/nothing", null),
        ("DELETE", "bindings/cmp/e/x/q/q/a.b", null),
        ("DELETE", "policies/cmp/p", null),
        ("DELETE", "permissions/cmp/cmp", null),
        ("DELETE", "queues/cmp/q", null),
        ("DELETE", "exchanges/cmp/x", null),
        ("DELETE", "users/cmp", null),
        ("DELETE", "vhosts/cmp", null),
        ("DELETE", "vhosts/cmp", null),
    ];

    private ManagementBroker _broker = null!;

    private static string? RabbitMqUrl => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } url ? url : null;

    public async ValueTask InitializeAsync() => _broker = await ManagementBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Same_requests_get_the_same_statuses_and_fields()
    {
        Assert.SkipWhen(RabbitMqUrl is null, $"{Variable} names no rabbitmq-server");
        using var rabbitMq = new ApiClient(new Uri(RabbitMqUrl!));
        var differences = new List<string>();
        foreach (var (method, path, body) in s_requests)
        {
            var (theirs, ours) = (await rabbitMq.SendAsync(method, path, body), await _broker.Http.SendAsync(method, path, body));
            if (theirs.Status != ours.Status) differences.Add($"{method} {path} {body}: RabbitMQ {theirs}, HareMQ {ours}");
            // A newer API has more fields; it must not have fewer.
            var missing = theirs.Fields.Except(ours.Fields).Where(field => !IsOurs(field)).ToArray();
            if (missing.Length > 0) differences.Add($"{method} {path}: without {string.Join(' ', missing)}");
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public async Task Definitions_load_into_each_other()
    {
        Assert.SkipWhen(RabbitMqUrl is null, $"{Variable} names no rabbitmq-server");
        using var rabbitMq = new ApiClient(new Uri(RabbitMqUrl!));
        await SampleDefinitions.CreateAsync(_broker.Http);
        var ours = await _broker.Http.ReadAsync("definitions");
        try
        {
            var loaded = await rabbitMq.PostAsync("definitions", ours.ToJsonString());
            Assert.True(loaded.Status == 204, loaded.ToString());
            using var bob = new ApiClient(new Uri(RabbitMqUrl!), "bob", "secret");
            Assert.Equal(200, (await bob.GetAsync("whoami")).Status);
            Assert.Equal(10, (await rabbitMq.ReadAsync("vhost-limits/v"))[0]!["value"]!["max-queues"]!.GetValue<int>());
            Assert.Single((await rabbitMq.ReadAsync("operator-policies/v")).AsArray());

            var theirs = await rabbitMq.ReadAsync("definitions");
            await using var other = await ManagementBroker.StartAsync();
            var back = await other.Http.PostAsync("definitions", theirs.ToJsonString());
            Assert.True(back.Status == 204, back.ToString());
            foreach (var section in (string[])["queues", "exchanges", "bindings", "policies"])
                Assert.Equal(Of(ours, section), Of(await other.Http.ReadAsync("definitions"), section));
        }
        finally
        {
            await rabbitMq.DeleteAsync("vhosts/v");
            await rabbitMq.DeleteAsync("users/bob");
            await rabbitMq.DeleteAsync("global-parameters/g");
        }
    }

    private static string[] Of(JsonNode definitions, string section) =>
        [.. definitions[section]!.AsArray().Where(item => item!["vhost"]!.ToString() == "v")
            .Select(item => item!.ToJsonString()).Order(StringComparer.Ordinal)];

    /// <summary>The names of nodes are in field names of a few objects.</summary>
    private static bool IsOurs(string field) => field.Contains("cluster_state", StringComparison.Ordinal);
}
