namespace HareMQ.Management.Tests;

/// <summary>Definitions out of one broker and into another.</summary>
public sealed class DefinitionsTests : IAsyncLifetime
{
    private ManagementBroker _broker = null!;
    private ManagementBroker _other = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await ManagementBroker.StartAsync();
        _other = await ManagementBroker.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Export_makes_the_same_broker_elsewhere()
    {
        await SampleDefinitions.CreateAsync(_broker.Http);
        var export = await _broker.Http.ReadAsync("definitions");
        Assert.Equal(204, (await _other.Http.PostAsync("definitions", export.ToJsonString())).Status);
        Assert.Equal(export.ToJsonString(), (await _other.Http.ReadAsync("definitions")).ToJsonString());
        using var bob = _other.HttpAs("bob", "secret");
        Assert.Equal(200, (await bob.GetAsync("whoami")).Status);
        // Once more is no error and changes nothing.
        Assert.Equal(204, (await _other.Http.PostAsync("definitions", export.ToJsonString())).Status);
        Assert.Equal(export.ToJsonString(), (await _other.Http.ReadAsync("definitions")).ToJsonString());
    }

    [Fact]
    public async Task A_virtual_host_alone_goes_into_another()
    {
        await SampleDefinitions.CreateAsync(_broker.Http);
        var export = await _broker.Http.ReadAsync("definitions/v");
        Assert.False(export["queues"]![0]!.AsObject().ContainsKey("vhost"));
        Assert.Equal(204, (await _other.Http.PostAsync("definitions/%2F", export.ToJsonString())).Status);
        Assert.Equal(200, (await _other.Http.GetAsync("queues/%2F/q")).Status);
        Assert.Equal("p", (await _other.Http.ReadAsync("queues/%2F/q"))["policy"]!.ToString());
        Assert.Equal("/", (await _other.Http.ReadAsync("operator-policies"))[0]!["vhost"]!.ToString());
        Assert.Single((await _other.Http.ReadAsync("bindings/%2F/e/x/q/q")).AsArray());
    }

    [Fact]
    public async Task What_is_there_already_stays_as_it_is()
    {
        await _broker.Http.PutAsync("queues/%2F/q", """{"durable":true}""");
        const string Document = """{"queues":[{"name":"q","vhost":"/","durable":false,"auto_delete":true,"arguments":{}}]}""";
        Assert.Equal(204, (await _broker.Http.PostAsync("definitions", Document)).Status);
        Assert.True((await _broker.Http.ReadAsync("queues/%2F/q"))["durable"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("""{"queues":[{"name":"q","vhost":"no"}]}""")]
    [InlineData("""{"queues":[{"vhost":"/"}]}""")]
    [InlineData("""{"queues":{}}""")]
    [InlineData("""{"users":["guest"]}""")]
    [InlineData("""{"exchanges":[{"name":"x","vhost":"/","type":"none"}]}""")]
    [InlineData("""{"policies":[{"name":"x","vhost":"/","pattern":"","definition":{"unknown":1}}]}""")]
    [InlineData("""{"permissions":[{"user":"no","vhost":"/","configure":"","write":"","read":""}]}""")]
    public async Task Bad_document_is_refused(string document) =>
        Assert.Equal(400, (await _broker.Http.PostAsync("definitions", document)).Status);

    [Fact]
    public async Task File_of_a_form_is_taken_and_a_download_has_a_name()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://guest:guest@127.0.0.1:{_broker.HttpPort}") };
        http.DefaultRequestHeaders.Add("Authorization", "Basic " + Convert.ToBase64String("guest:guest"u8));
        using var form = new MultipartFormDataContent { { new StringContent("""{"vhosts":[{"name":"formed"}]}"""), "file", "defs.json" } };
        using var posted = await http.PostAsync("/api/definitions", form);
        Assert.Equal(204, (int)posted.StatusCode);
        Assert.Equal(200, (await _broker.Http.GetAsync("vhosts/formed")).Status);
        using var got = await http.GetAsync("/api/definitions?download=defs.json");
        Assert.Contains("defs.json", got.Content.Headers.ContentDisposition!.ToString());
    }
}

/// <summary>One of everything that goes into a definitions document.</summary>
internal static class SampleDefinitions
{
    public static async Task CreateAsync(ApiClient http)
    {
        (string Path, string Body)[] definitions =
        [
            ("vhosts/v", """{"description":"d","tags":"a"}"""),
            ("users/bob", """{"password":"secret","tags":"management"}"""),
            ("permissions/v/bob", """{"configure":"a","write":"b","read":"c"}"""),
            ("topic-permissions/v/bob", """{"exchange":"amq.topic","write":"w","read":"r"}"""),
            ("queues/v/q", """{"durable":true,"arguments":{"x-max-length":10,"x-overflow":"reject-publish"}}"""),
            ("queues/v/quorum", """{"durable":true,"arguments":{"x-queue-type":"quorum"}}"""),
            ("exchanges/v/x", """{"type":"headers","durable":true,"arguments":{"alternate-exchange":"amq.fanout"}}"""),
            ("policies/v/p", """{"pattern":"^q","definition":{"max-length":3},"priority":7,"apply-to":"queues"}"""),
            ("operator-policies/v/o", """{"pattern":"^q","definition":{"max-length":9}}"""),
            ("vhost-limits/v/max-queues", """{"value":10}"""),
            ("user-limits/bob/max-channels", """{"value":5}"""),
            ("global-parameters/g", """{"value":{"a":1}}"""),
        ];
        foreach (var (path, body) in definitions)
        {
            var answer = await http.PutAsync(path, body);
            Assert.True(answer.Status is 201 or 204, $"{path}: {answer}");
        }

        Assert.Equal(201, (await http.PostAsync("bindings/v/e/x/q/q",
            """{"routing_key":"k","arguments":{"n":1,"x-match":"all"}}""")).Status);
    }
}
