namespace HareMQ.Management.Tests;

/// <summary>Declaring, binding and deleting over HTTP.</summary>
public sealed class TopologyTests : IAsyncLifetime
{
    private ManagementBroker _broker = null!;

    private ApiClient Http => _broker.Http;

    public async ValueTask InitializeAsync()
    {
        _broker = await ManagementBroker.StartAsync();
        Assert.Equal(201, (await Http.PutAsync("queues/%2F/q", """{"durable":true,"arguments":{"x-max-length":5}}""")).Status);
        Assert.Equal(201, (await Http.PutAsync("exchanges/%2F/x", """{"type":"topic","durable":"true"}""")).Status);
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Declaring_the_same_again_is_no_error_and_something_else_is()
    {
        Assert.Equal(204, (await Http.PutAsync("queues/%2F/q", """{"durable":true,"arguments":{"x-max-length":5}}""")).Status);
        var other = await Http.PutAsync("queues/%2F/q", """{"durable":false,"arguments":{"x-max-length":5}}""");
        Assert.Equal(400, other.Status);
        Assert.Contains("inequivalent arg 'durable' for queue 'q' in vhost '/'", other.Reason);
        Assert.Equal(400, (await Http.PutAsync("exchanges/%2F/x", """{"type":"direct"}""")).Status);
        Assert.Equal(400, (await Http.PutAsync("exchanges/%2F/y", """{"type":"none"}""")).Status);
        Assert.Equal(401, (await Http.PutAsync("queues/%2F/amq.mine")).Status);
        Assert.Equal(401, (await Http.DeleteAsync("exchanges/%2F/amq.direct")).Status);
    }

    [Fact]
    public async Task Missing_things_are_404()
    {
        foreach (var path in (string[])["queues/%2F/no", "queues/no", "queues/no/q", "exchanges/%2F/no", "vhosts/no", "users/no", "no",
            "connections/no"])
        {
            var answer = await Http.GetAsync(path);
            Assert.Equal((404, "Object Not Found"), (answer.Status, answer.Json!["error"]!.ToString()));
        }


        Assert.Equal("vhost_not_found", (await Http.PutAsync("queues/no/q")).Reason);
        Assert.Equal(404, (await Http.PostAsync("bindings/%2F/e/x/q/no")).Status);
        Assert.Equal(404, (await Http.DeleteAsync("queues/%2F/no")).Status);
    }

    [Fact]
    public async Task Other_methods_are_405_and_head_is_get_without_a_body()
    {
        Assert.Equal(405, (await Http.DeleteAsync("overview")).Status);
        var head = await Http.SendAsync("HEAD", "overview");
        Assert.Equal((200, ""), (head.Status, head.Text));
    }

    [Fact]
    public async Task Binding_is_made_found_and_removed_by_its_key()
    {
        const string Pair = "bindings/%2F/e/x/q/q";
        var made = await Http.PostAsync(Pair, """{"routing_key":"a.#","arguments":{"k":1}}""");
        Assert.Equal(201, made.Status);
        var key = made.Location!.Split('/')[1];
        var binding = await Http.ReadAsync($"{Pair}/{key}");
        Assert.Equal(("a.#", 1), (binding["routing_key"]!.ToString(), binding["arguments"]!["k"]!.GetValue<int>()));
        Assert.Equal(key, Uri.EscapeDataString(binding["properties_key"]!.ToString()));
        Assert.Single((await Http.ReadAsync(Pair)).AsArray());
        Assert.Equal(2, (await Http.ReadAsync("queues/%2F/q/bindings")).AsArray().Count);
        Assert.Single((await Http.ReadAsync("exchanges/%2F/x/bindings/source")).AsArray());
        Assert.Equal(204, (await Http.DeleteAsync($"{Pair}/{key}")).Status);
        Assert.Equal(404, (await Http.DeleteAsync($"{Pair}/{key}")).Status);

        Assert.Equal("q/~", (await Http.PostAsync(Pair)).Location);
        Assert.Equal(201, (await Http.PostAsync("bindings/%2F/e/x/e/amq.fanout")).Status);
        Assert.Single((await Http.ReadAsync("exchanges/%2F/amq.fanout/bindings/destination")).AsArray());
        Assert.Equal(204, (await Http.DeleteAsync("bindings/%2F/e/x/e/amq.fanout/~")).Status);
    }

    [Fact]
    public async Task Deleting_obeys_its_conditions()
    {
        await Http.PostAsync(
            "exchanges/%2F/amq.default/publish", """{"properties":{},"routing_key":"q","payload":"x","payload_encoding":"string"}""");
        Assert.Equal(400, (await Http.DeleteAsync("queues/%2F/q?if-empty=true")).Status);
        await Http.PostAsync("bindings/%2F/e/x/q/q");
        Assert.Equal(400, (await Http.DeleteAsync("exchanges/%2F/x?if-unused=true")).Status);
        Assert.Equal(204, (await Http.DeleteAsync("queues/%2F/q")).Status);
        Assert.Equal(204, (await Http.DeleteAsync("exchanges/%2F/x?if-unused=true")).Status);
    }

    [Fact]
    public async Task Body_that_is_too_large_is_refused()
    {
        var answer = await Http.PutAsync("queues/%2F/big", $$"""{"x":"{{new string('x', 10_000_000)}}"}""");
        Assert.Equal((400, "Exceeded HTTP request body size limit"), (answer.Status, answer.Reason));
    }
}
