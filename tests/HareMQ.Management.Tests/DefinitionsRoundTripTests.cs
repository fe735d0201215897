using System.Text.Json.Nodes;

namespace HareMQ.Management.Tests;

/// <summary>What a RabbitMQ is made of, into HareMQ, and from there into an empty RabbitMQ.</summary>
public sealed class DefinitionsRoundTripTests
{
    private static readonly string[] s_versions = ["rabbit_version", "rabbitmq_version", "product_name", "product_version"];

    /// <summary>What 4.x, and HareMQ, write and 3.10 does not; and the kind of a queue, which 3.10 writes as an argument only.</summary>
    private static readonly string[] s_newer = ["rabbitmq_definition_format", "original_cluster_name", "explanation"];

    private static readonly (string Path, string Body)[] s_definitions =
    [
        ("vhosts/sales", """{"description":"Orders and invoices","tags":"a,b"}"""),
        ("vhosts/odd%20%2F%20name%20%C3%BC", "{}"),
        ("users/ada", """{"password":"secret","tags":"administrator"}"""),
        ("users/bob", """{"password":"secret","tags":"management,custom"}"""),
        ("users/certificate", """{"password_hash":"","tags":""}"""),
        ("users/sha512", """
            {"password_hash":"mGzUdYjVHUJhhBMXzxGNkKnPBxNKKzQvOHyGtPqFIGOUYFMgzFQFF6X6WqAEyY3TzyLrcMIsjMTzFmPvpIGmDfhCKXA=",
            "hashing_algorithm":"rabbit_password_hashing_sha512","tags":"monitoring"}
            """),
        ("permissions/sales/ada", """{"configure":".*","write":".*","read":".*"}"""),
        ("permissions/sales/bob", """{"configure":"","write":"^(orders|invoices)$","read":"^bob-"}"""),
        ("permissions/%2F/bob", """{"configure":"","write":"","read":""}"""),
        ("topic-permissions/sales/bob", """{"exchange":"amq.topic","write":"^\\w+\\.new$","read":".*"}"""),
        ("exchanges/sales/orders", """{"type":"topic","durable":true,"arguments":{"alternate-exchange":"unroutable"}}"""),
        ("exchanges/sales/unroutable", """{"type":"fanout","durable":true,"internal":true}"""),
        ("exchanges/sales/shards", """{"type":"x-consistent-hash","durable":true,"arguments":{"hash-header":"customer"}}"""),
        ("exchanges/sales/passing", """{"type":"headers","durable":false,"auto_delete":true}"""),
        ("queues/sales/orders", """
            {"durable":true,"arguments":{"x-max-length":1000,"x-overflow":"reject-publish","x-dead-letter-exchange":"unroutable",
            "x-message-ttl":60000,"x-max-priority":5}}
            """),
        ("queues/sales/invoices", """{"durable":true,"arguments":{"x-queue-type":"quorum","x-delivery-limit":5}}"""),
        ("queues/sales/passing", """{"durable":false,"auto_delete":true}"""),
        ("queues/odd%20%2F%20name%20%C3%BC/%E5%85%94", """{"durable":true}"""),
        ("policies/sales/limits", """
            {"pattern":"^orders","definition":{"max-length-bytes":1048576,"dead-letter-routing-key":"dead"},"priority":7,
            "apply-to":"queues"}
            """),
        ("policies/sales/exchanges", """{"pattern":".*","definition":{"alternate-exchange":"unroutable"},"apply-to":"exchanges"}"""),
        ("operator-policies/sales/bound", """{"pattern":".*","definition":{"max-length":5000},"priority":1,"apply-to":"queues"}"""),
        ("vhost-limits/sales/max-queues", """{"value":100}"""),
        ("vhost-limits/sales/max-connections", """{"value":50}"""),
        ("user-limits/bob/max-channels", """{"value":5}"""),
        ("global-parameters/mqtt_default_vhosts", """{"value":{"O=client,CN=guest":"/"}}"""),
        ("parameters/federation-upstream/sales/other", """
            {"value":{"uri":"amqp://localhost:1","prefetch-count":10,"ack-mode":"on-confirm"}}
            """),
        ("cluster-name", """{"name":"burrow"}"""),
    ];

    private static readonly (string Path, string Body)[] s_bindings =
    [
        ("bindings/sales/e/orders/q/orders", """{"routing_key":"order.#"}"""),
        ("bindings/sales/e/orders/q/invoices", """{"routing_key":"*.invoice","arguments":{"note":"n","count":3,"yes":true}}"""),
        ("bindings/sales/e/shards/q/orders", """{"routing_key":"1"}"""),
        ("bindings/sales/e/orders/e/unroutable", """{"routing_key":"audit"}"""),
        ("bindings/sales/e/amq.headers/q/orders", """{"routing_key":"","arguments":{"x-match":"any","kind":"order"}}"""),
    ];

    [Fact]
    public async Task Definitions_of_a_RabbitMQ_come_back_as_they_were()
    {
        await using var rabbitMq = await RabbitMqNode.StartAsync("rabbitmq_federation", "rabbitmq_consistent_hash_exchange");
        foreach (var (path, body) in s_definitions) await DeclareAsync(rabbitMq.Http, "PUT", path, body);
        foreach (var (path, body) in s_bindings) await DeclareAsync(rabbitMq.Http, "POST", path, body);
        var original = await rabbitMq.Http.ReadAsync("definitions");

        await using var hare = await ManagementBroker.StartAsync();
        await DeclareAsync(hare.Http, "POST", "definitions", original.ToJsonString());
        var copy = await hare.Http.ReadAsync("definitions");
        using (var ada = hare.HttpAs("ada", "secret")) Assert.Equal("ada", (await ada.ReadAsync("whoami"))["name"]!.ToString());

        await rabbitMq.ResetAsync();
        await DeclareAsync(rabbitMq.Http, "POST", "definitions", copy.ToJsonString());
        var back = await rabbitMq.Http.ReadAsync("definitions");
        using (var ada = new ApiClient(rabbitMq.Http.Root, "ada", "secret"))
            Assert.Equal("ada", (await ada.ReadAsync("whoami"))["name"]!.ToString());

        Assert.Equal(Lines(original), Lines(copy));
        Assert.Equal(Lines(original), Lines(back));
    }

    private static async Task DeclareAsync(ApiClient http, string method, string path, string body)
    {
        var answer = await http.SendAsync(method, path, body);
        Assert.True(answer.Status is 201 or 204, $"{method} {path}: {answer}");
    }

    /// <summary>Every definition as a line of its own, sorted; without what only says which broker has written it.</summary>
    private static string[] Lines(JsonNode document)
    {
        var lines = new List<string>();
        foreach (var (section, items) in document.AsObject())
        {
            if (s_versions.Contains(section) || s_newer.Contains(section)) continue;
            lines.AddRange(items!.AsArray().Select(item => $"{section}: {Sorted(Common(section, item!.AsObject()))!.ToJsonString()}"));
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// What both versions write of it: 3.10 has only the names of virtual hosts, and the kind of a queue in its arguments.
    /// </summary>
    private static JsonObject Common(string section, JsonObject item) => section switch
    {
        "vhosts" => new JsonObject { ["name"] = item["name"]!.ToString() },
        "queues" => Without(item, "type"),
        "users" => WithSortedTags(item),
        _ => item,
    };

    /// <summary>A user has tags or has them not; RabbitMQ keeps the order in which they were given.</summary>
    private static JsonObject WithSortedTags(JsonObject item)
    {
        var copy = item.DeepClone().AsObject();
        copy["tags"] = new JsonArray([.. item["tags"]!.AsArray().Select(tag => (JsonNode)tag!.ToString()).OrderBy(tag => tag.ToString())]);
        return copy;
    }

    private static JsonObject Without(JsonObject item, string name)
    {
        var copy = item.DeepClone().AsObject();
        copy.Remove(name);
        return copy;
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject inner => new JsonObject(inner.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        _ => node?.DeepClone(),
    };
}
