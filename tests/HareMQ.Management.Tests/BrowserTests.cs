using HareMQ.Hosting;

namespace HareMQ.Management.Tests;

/// <summary>What browsers and proxies in front are told.</summary>
public sealed class BrowserTests
{
    [Fact]
    public async Task All_paths_begin_with_the_prefix()
    {
        await using var broker = await StartAsync(management => management.PathPrefix = "/rabbit/");
        Assert.EndsWith("/rabbit/", broker.ManagementUri!.AbsolutePath);
        using var http = new ApiClient(broker.ManagementUri);
        Assert.Equal(200, (await http.GetAsync("/rabbit/api/whoami")).Status);
        Assert.Equal(200, (await http.GetAsync("/rabbit/api/queues/%2F")).Status);
        Assert.Equal(404, (await http.GetAsync("/api/whoami")).Status);
        Assert.Equal(404, (await http.GetAsync("/rabbits/api/whoami")).Status);
        Assert.Equal(404, (await http.GetAsync("/rabbit")).Status);
    }

    [Fact]
    public async Task Pages_of_allowed_origins_may_use_it_and_others_may_not()
    {
        await using var broker = await StartAsync(management =>
        {
            management.CorsOrigins = ["https://ops.example.org"];
            management.CorsMaxAgeSeconds = 60;
        });
        using var http = new HttpClient { BaseAddress = broker.ManagementUri };
        using var before = await AskAsync(http, HttpMethod.Options, "https://ops.example.org", "authorization");
        Assert.Equal(200, (int)before.StatusCode);
        Assert.Equal("https://ops.example.org", Header(before, "Access-Control-Allow-Origin"));
        Assert.Equal("true", Header(before, "Access-Control-Allow-Credentials"));
        Assert.Equal("authorization", Header(before, "Access-Control-Allow-Headers"));
        Assert.Equal("60", Header(before, "Access-Control-Max-Age"));
        Assert.Contains("DELETE", Header(before, "Access-Control-Allow-Methods"));
        // An answer that is an error can be read by the page too.
        using var refused = await AskAsync(http, HttpMethod.Get, "https://ops.example.org");
        Assert.Equal((401, "https://ops.example.org"), ((int)refused.StatusCode, Header(refused, "Access-Control-Allow-Origin")));
        using var foreign = await AskAsync(http, HttpMethod.Options, "https://evil.example.org");
        Assert.Null(Header(foreign, "Access-Control-Allow-Origin"));
        Assert.Equal("origin", Header(foreign, "Vary"));
    }

    [Fact]
    public async Task Every_answer_has_the_configured_headers_and_none_has_statistics_that_are_switched_off()
    {
        await using var broker = await StartAsync(management =>
        {
            management.ResponseHeaders["Content-Security-Policy"] = "default-src 'self'";
            management.DisableStatistics = true;
        });
        using var http = new HttpClient { BaseAddress = broker.ManagementUri };
        using var answer = await AskAsync(http, HttpMethod.Get, null);
        Assert.Equal("default-src 'self'", Header(answer, "Content-Security-Policy"));
        using var api = new ApiClient(broker.ManagementUri!);
        await api.PutAsync("queues/%2F/q");
        Assert.Null((await api.ReadAsync("queues/%2F/q"))["messages_details"]);
        Assert.Null((await api.ReadAsync("overview"))["message_stats"]);
    }

    [Fact]
    public async Task A_larger_body_than_allowed_is_refused()
    {
        await using var broker = await StartAsync(management => management.MaxBodyBytes = 100);
        using var http = new ApiClient(broker.ManagementUri!);
        Assert.Equal(201, (await http.PutAsync("vhosts/small", """{"description":"short"}""")).Status);
        Assert.Equal(400, (await http.PutAsync("vhosts/large", $$"""{"description":"{{new string('x', 100)}}"}""")).Status);
    }

    private static Task<HareBroker> StartAsync(Action<HareManagementOptions> configure) => HareBroker.StartAsync(options =>
    {
        options.Port = 0;
        options.ManagementPort = 0;
        configure(options.Management);
    });

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, HttpMethod method, string? origin, string? wanted = null)
    {
        using var request = new HttpRequestMessage(method, "api/whoami");
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (wanted is not null) request.Headers.Add("Access-Control-Request-Headers", wanted);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;
}
