using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Embedding;

/// <summary>What virtual hosts begin with, seen through clients.</summary>
public sealed class VirtualHostDefaultsTests : IAsyncDisposable
{
    private HareBroker _broker = null!;
    private HttpClient _http = null!;

    [Fact]
    public async Task A_queue_without_a_type_gets_the_default_where_it_can()
    {
        await StartAsync(options => options.DefaultQueueType = HareQueueType.Quorum);
        await using var client = await Client.ConnectAsync(_broker.Uri);
        await client.DeclareAsync("kept");
        await client.DeclareAsync("kept");
        await client.Channel.QueueDeclareAsync("gone", durable: false, exclusive: false, autoDelete: false);
        await client.Channel.QueueDeclareAsync("mine", durable: true, exclusive: true, autoDelete: false);
        await client.Channel.QueueDeclareAsync("old", true, false, false, new Dictionary<string, object?> { ["x-queue-type"] = "classic" });

        Assert.Equal("quorum", await ReadAsync("queues/%2F/kept", "arguments", "x-queue-type"));
        Assert.Equal("quorum", await ReadAsync("queues/%2F/kept", "type"));
        foreach (var name in (string[])["gone", "mine", "old"]) Assert.Equal("classic", await ReadAsync($"queues/%2F/{name}", "type"));
        Assert.Equal("quorum", await ReadAsync("vhosts/%2F", "default_queue_type"));
        Assert.Equal("quorum", await ReadAsync("overview", "default_queue_type"));
    }

    [Fact]
    public async Task The_virtual_hosts_own_default_wins()
    {
        await StartAsync(options => options.DefaultQueueType = HareQueueType.Quorum);
        await PutAsync("vhosts/v", new { default_queue_type = "classic" });
        await PutAsync("queues/v/q", new { durable = true });

        Assert.Equal("classic", await ReadAsync("queues/v/q", "type"));
    }

    [Fact]
    public async Task Definitions_keep_the_types_that_they_say()
    {
        await StartAsync(options => options.DefaultQueueType = HareQueueType.Quorum);
        using var answer = await _http.PostAsJsonAsync("definitions/%2F", new
        {
            queues = new[] { new { name = "c", durable = true, auto_delete = false, type = "classic", arguments = new { } } },
        });
        answer.EnsureSuccessStatusCode();

        Assert.Equal("classic", await ReadAsync("queues/%2F/c", "type"));
    }

    [Fact]
    public async Task New_virtual_hosts_get_the_limits_of_the_first_pattern_that_matches()
    {
        await StartAsync(options => options.DefaultLimits =
        [
            new HareVirtualHostLimits { Pattern = "^dev", MaxConnections = 5, MaxQueues = 1 },
            new HareVirtualHostLimits { Pattern = "^(dev|/)", MaxQueues = 0 },
        ]);
        foreach (var name in (string[])["dev1", "other"]) await PutAsync($"vhosts/{name}", new { });

        Assert.Equal("""[{"vhost":"dev1","value":{"max-connections":5,"max-queues":1}}]""", await _http.GetStringAsync("vhost-limits/dev1"));
        Assert.Equal("[]", await _http.GetStringAsync("vhost-limits/other"));
        await using var client = await Client.ConnectAsync(_broker.Uri);
        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => client.DeclareAsync("q"));
        Assert.Contains("queue limit in vhost '/' (0) is reached", refused.Message);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _broker.DisposeAsync();
    }

    private async Task StartAsync(Action<HareBrokerOptions> configure)
    {
        _broker = await HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.ManagementPort = 0;
            configure(options);
        });
        _http = new HttpClient { BaseAddress = new Uri(_broker.ManagementUri!, "/api/") };
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("guest:guest")));
    }

    private async Task PutAsync(string path, object body)
    {
        using var answer = await _http.PutAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<string?> ReadAsync(string path, params string[] fields)
    {
        var value = await _http.GetFromJsonAsync<JsonElement>(path);
        foreach (var field in fields) value = value.GetProperty(field);
        return value.GetString();
    }
}
