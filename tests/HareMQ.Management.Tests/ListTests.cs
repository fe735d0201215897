using System.Text.Json.Nodes;

namespace HareMQ.Management.Tests;

/// <summary>Paging, filtering, sorting and columns.</summary>
public sealed class ListTests : IAsyncLifetime
{
    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await ManagementBroker.StartAsync();
        foreach (var name in (string[])["b", "a", "Alpha", "c"]) await _broker.Http.PutAsync($"queues/%2F/{name}");
        await _broker.Http.PostAsync(
            "exchanges/%2F/amq.default/publish", """{"properties":{},"routing_key":"c","payload":"x","payload_encoding":"string"}""");
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Without_a_page_the_answer_is_a_bare_array_by_name() =>
        Assert.Equal(["Alpha", "a", "b", "c"], Names(await _broker.Http.ReadAsync("queues")));

    [Fact]
    public async Task Page_has_its_frame()
    {
        var page = await _broker.Http.ReadAsync("queues?page=2&page_size=3");
        Assert.Equal(["c"], Names(page["items"]!));
        Assert.Equal(
            (4, 4, 1, 2, 3, 2),
            (Int(page, "total_count"), Int(page, "filtered_count"), Int(page, "item_count"), Int(page, "page"), Int(page, "page_size"),
                Int(page, "page_count")));
    }

    [Fact]
    public async Task Name_filters_by_part_of_it_or_by_regular_expression()
    {
        var page = await _broker.Http.ReadAsync("queues?page=1&name=A");
        Assert.Equal(["Alpha", "a"], Names(page["items"]!));
        Assert.Equal((4, 2), (Int(page, "total_count"), Int(page, "filtered_count")));
        Assert.Equal(["b", "c"], Names((await _broker.Http.ReadAsync("queues?page=1&use_regex=true&name=%5E%5Bbc%5D%24"))["items"]!));
    }

    [Theory]
    [InlineData("page=0", "invalid_pagination_parameters")]
    [InlineData("page=1&page_size=501", "invalid_pagination_parameters")]
    [InlineData("page=x", "invalid_pagination_parameters")]
    [InlineData("page=5&page_size=1", "page_out_of_range")]
    [InlineData("page=1&use_regex=true&name=(", "bad_request")]
    public async Task Bad_pages_are_refused(string query, string error)
    {
        var answer = await _broker.Http.GetAsync($"queues?{query}");
        Assert.Equal((400, error), (answer.Status, answer.Json!["error"]!.ToString()));
    }

    [Fact]
    public async Task Sort_is_by_any_field()
    {
        Assert.Equal("c", Names(await _broker.Http.ReadAsync("queues?sort=messages&sort_reverse=true"))[0]);
        Assert.Equal("c", Names(await _broker.Http.ReadAsync("queues?sort=message_stats.publish"))[0]);
        Assert.Equal(["c", "b", "a", "Alpha"], Names(await _broker.Http.ReadAsync("queues?sort=name&sort_reverse=true")));
    }

    [Fact]
    public async Task Columns_keep_what_is_named()
    {
        var queues = (await _broker.Http.ReadAsync("queues?columns=name,message_stats.publish")).AsArray();
        Assert.Equal("""{"name":"a"}""", queues[1]!.ToJsonString());
        Assert.Equal("""{"name":"c","message_stats":{"publish":1}}""", queues[3]!.ToJsonString());
        Assert.Equal("""{"cluster_name":"hare@test"}""", (await _broker.Http.ReadAsync("overview?columns=cluster_name")).ToJsonString());
    }

    [Fact]
    public async Task Stats_can_be_left_out_but_for_totals()
    {
        var queue = (await _broker.Http.ReadAsync("queues/%2F/c?disable_stats=true")).AsObject();
        Assert.False(queue.ContainsKey("messages") || queue.ContainsKey("message_stats"));
        Assert.Equal(1, Int(await _broker.Http.ReadAsync("queues/%2F/c?disable_stats=true&enable_queue_totals=true"), "messages"));
    }

    private static int Int(JsonNode json, string name) => json[name]!.GetValue<int>();

    private static string[] Names(JsonNode items) => [.. items.AsArray().Select(item => item!["name"]!.ToString())];
}
