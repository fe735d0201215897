using System.Text.Json.Nodes;

namespace HareMQ.Management.Tests;

/// <summary>Publishing and fetching over HTTP.</summary>
public sealed class MessageTests : IAsyncLifetime
{
    private const string Queue = "queues/%2F/a%2Fb";

    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await ManagementBroker.StartAsync();
        Assert.Equal(201, (await _broker.Http.PutAsync(Queue, """{"durable":true}""")).Status);
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Published_message_comes_out_with_its_properties()
    {
        const string Properties = """
            {"content_type":"text/plain","delivery_mode":2,"priority":3,"headers":{"n":1,"t":"x","l":[true,null],"o":{"d":1.5}},
            "timestamp":1700000000,"correlation_id":"c","reply_to":"r","message_id":"m","type":"t","user_id":"guest","app_id":"a",
            "cluster_id":"cl","expiration":"60000","content_encoding":"utf-8"}
            """;
        Assert.True(await PublishAsync("hello", Properties));
        var message = Assert.Single(await GetAsync("ack_requeue_false"))!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Properties), message["properties"]), message.ToJsonString());
        Assert.Equal(
            ("hello", "string", 5, false, "", "a/b", 0),
            (message["payload"]!.ToString(), message["payload_encoding"]!.ToString(), message["payload_bytes"]!.GetValue<int>(),
                message["redelivered"]!.GetValue<bool>(), message["exchange"]!.ToString(), message["routing_key"]!.ToString(),
                message["message_count"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("ack_requeue_true", 1)]
    [InlineData("reject_requeue_true", 1)]
    [InlineData("ack_requeue_false", 0)]
    [InlineData("reject_requeue_false", 0)]
    public async Task Ackmode_decides_what_stays(string mode, int left)
    {
        await PublishAsync("x");
        Assert.Equal("[]", Assert.Single(await GetAsync(mode))!["properties"]!.ToJsonString());
        var again = await GetAsync("ack_requeue_false");
        Assert.Equal(left, again.Count);
        if (left > 0) Assert.True(again[0]!["redelivered"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_as_base64()
    {
        var binary = Convert.ToBase64String([0xFF, 0x00, 0xFE]);
        await PublishAsync(binary, encoding: "base64");
        var message = Assert.Single(await GetAsync("ack_requeue_false"))!;
        Assert.Equal((binary, "base64"), (message["payload"]!.ToString(), message["payload_encoding"]!.ToString()));
        await PublishAsync("text");
        Assert.Equal("dGV4dA==", Assert.Single(await GetAsync("ack_requeue_true", "base64"))!["payload"]!.ToString());
        Assert.Equal("te", Assert.Single(await GetAsync("ack_requeue_true", more: ",\"truncate\":2"))!["payload"]!.ToString());
    }

    [Fact]
    public async Task What_leads_nowhere_is_told()
    {
        var answer = await _broker.Http.PostAsync("exchanges/%2F/amq.direct/publish", Body("x", "{}", "string"));
        Assert.Equal("""{"routed":false}""", answer.Text);
    }

    [Fact]
    public async Task A_full_queue_refuses()
    {
        await _broker.Http.PutAsync("queues/%2F/full", """{"arguments":{"x-max-length":0,"x-overflow":"reject-publish"}}""");
        var answer = await _broker.Http.PostAsync("exchanges/%2F/amq.default/publish", Body("x", "{}", "string", "full"));
        Assert.Equal((400, "rejected Unable to publish message. Check queue limits."), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task A_duplicate_counts_as_routed_and_is_not_there_twice()
    {
        await _broker.Http.PutAsync("exchanges/%2F/once",
            """{"type":"fanout","arguments":{"x-message-deduplication":true,"x-cache-size":10}}""");
        await _broker.Http.PostAsync("bindings/%2F/e/once/q/a%2Fb");
        for (var i = 0; i < 2; i++)
        {
            var answer = await _broker.Http.PostAsync(
                "exchanges/%2F/once/publish", Body("x", """{"headers":{"x-deduplication-header":"k"}}""", "string"));
            Assert.Equal("""{"routed":true}""", answer.Text);
        }

        Assert.Single(await GetAsync("ack_requeue_true"));
    }

    [Theory]
    [InlineData("""{"count":1}""", "[{key_missing,ackmode},{key_missing,encoding}]")]
    [InlineData("""{"count":1,"ackmode":"x","encoding":"auto"}""", "Invalid ackmode value: x")]
    [InlineData("""{"count":1,"ackmode":"ack_requeue_true","encoding":"x"}""", "Unsupported encoding: x")]
    [InlineData("""{"count":""", "not_json")]
    [InlineData("""[]""", "not_json")]
    public async Task Bad_request_for_messages_says_why(string body, string reason)
    {
        var answer = await _broker.Http.PostAsync($"{Queue}/get", body);
        Assert.Equal((400, reason), (answer.Status, answer.Reason));
    }

    [Theory]
    [InlineData("""{"properties":{},"routing_key":"q"}""")]
    [InlineData("""{"properties":{"priority":256},"routing_key":"q","payload":"","payload_encoding":"string"}""")]
    [InlineData("""{"properties":{"headers":1},"routing_key":"q","payload":"","payload_encoding":"string"}""")]
    [InlineData("""{"properties":{"expiration":"soon"},"routing_key":"q","payload":"","payload_encoding":"string"}""")]
    [InlineData("""{"properties":{},"routing_key":"q","payload":"%","payload_encoding":"base64"}""")]
    [InlineData("""{"properties":{},"routing_key":"q","payload":"","payload_encoding":"x"}""")]
    [InlineData("""{"properties":{"user_id":"bob"},"routing_key":"q","payload":"","payload_encoding":"string"}""")]
    public async Task Bad_publish_is_refused(string body) =>
        Assert.Equal(400, (await _broker.Http.PostAsync("exchanges/%2F/amq.default/publish", body)).Status);

    [Fact]
    public async Task Purge_drops_what_is_ready()
    {
        await PublishAsync("x");
        Assert.Equal(204, (await _broker.Http.DeleteAsync($"{Queue}/contents")).Status);
        Assert.Empty(await GetAsync("ack_requeue_true"));
    }

    [Fact]
    public async Task Rates_show_what_has_happened_between_two_samples()
    {
        _broker.Sample();
        await PublishAsync("x");
        await PublishAsync("y");
        await Task.Run(_broker.Sample);
        var queue = await _broker.Http.ReadAsync($"{Queue}?lengths_age=10&lengths_incr=5&msg_rates_age=10&msg_rates_incr=5");
        Assert.True(queue["message_stats"]!["publish_details"]!["rate"]!.GetValue<double>() > 0, queue.ToJsonString());
        Assert.True(queue["messages_details"]!["rate"]!.GetValue<double>() > 0);
        var samples = queue["messages_details"]!["samples"]!.AsArray();
        Assert.Equal(3, samples.Count);
        Assert.Equal(2, samples[0]!["sample"]!.GetValue<int>());
        Assert.Equal(400, (await _broker.Http.GetAsync($"{Queue}?lengths_age=x&lengths_incr=5")).Status);
    }

    private static string Body(string payload, string properties, string encoding, string key = "a/b") =>
        $$"""{"properties":{{properties}},"routing_key":"{{key}}","payload":"{{payload}}","payload_encoding":"{{encoding}}"}""";

    private async Task<bool> PublishAsync(string payload, string properties = "{}", string encoding = "string")
    {
        var answer = await _broker.Http.PostAsync("exchanges/%2F/amq.default/publish", Body(payload, properties, encoding));
        Assert.True(answer.Status == 200, answer.ToString());
        return answer.Json!["routed"]!.GetValue<bool>();
    }

    private async Task<JsonArray> GetAsync(string mode, string encoding = "auto", string more = "")
    {
        var answer = await _broker.Http.PostAsync($"{Queue}/get",
            $$"""{"count":5,"ackmode":"{{mode}}","encoding":"{{encoding}}"{{more}}}""");
        Assert.True(answer.Status == 200, answer.ToString());
        return answer.Json!.AsArray();
    }
}
