using System.Text.Json.Nodes;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Management.Tests;

/// <summary>Logging in by a form, and what is counted of logins.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private const string Attempts = $"auth/attempts/{ManagementBroker.NodeName}";

    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await ManagementBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Logins_are_counted_by_protocol_and_by_source_until_a_reset()
    {
        Assert.Equal(204, (await _broker.Http.DeleteAsync(Attempts)).Status);
        Assert.DoesNotContain(await ReadAsync(""), one => Text(one, "protocol") == "amqp091");
        await _broker.ConnectAsync();
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => _broker.ConnectAsync(user: "eve"));
        using (var eve = _broker.HttpAs("eve", "wrong")) Assert.Equal(401, (await eve.GetAsync("whoami")).Status);

        var amqp = Assert.Single(await ReadAsync(""), one => Text(one, "protocol") == "amqp091");
        Assert.Equal(("2", "1", "1"), Counts(amqp));
        var sources = await ReadAsync("/source");
        Assert.Equal(("1", "1", "0"), Counts(Assert.Single(sources, one => Is(one, "eve", "amqp091"))));
        Assert.Equal(("1", "1", "0"), Counts(Assert.Single(sources, one => Is(one, "eve", "http"))));
        Assert.Equal(("1", "0", "1"), Counts(Assert.Single(sources, one => Is(one, "guest", "amqp091"))));

        Assert.Equal(204, (await _broker.Http.DeleteAsync($"{Attempts}/source")).Status);
        // What is left is who asks.
        Assert.True(Is(Assert.Single(await ReadAsync("/source")), "guest", "http"));
        Assert.Equal(404, (await _broker.Http.GetAsync("auth/attempts/other")).Status);
    }

    [Theory]
    [InlineData("username=guest&password=guest", 200)]
    [InlineData("username=guest&password=wrong", 401)]
    [InlineData("username=guest", 401)]
    [InlineData("", 401)]
    [InlineData("username=plain&password=s%26+cret", 401)]
    [InlineData("username=manager&password=s%26+cret", 200)]
    public async Task A_form_logs_in_whoever_may_use_the_api(string form, int status)
    {
        await _broker.Http.PutAsync("users/plain", """{"password":"s& cret","tags":""}""");
        await _broker.Http.PutAsync("users/manager", """{"password":"s& cret","tags":"management"}""");
        using var http = new HttpClient { BaseAddress = _broker.ManagementUri };
        using var body = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await http.PostAsync("/api/login", body, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 200) Assert.Equal("\"ok\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<JsonNode[]> ReadAsync(string path) => [.. (await _broker.Http.ReadAsync(Attempts + path)).AsArray().Select(one => one!)];

    private static bool Is(JsonNode source, string user, string protocol) =>
        (Text(source, "username"), Text(source, "protocol"), Text(source, "remote_address")) == (user, protocol, "127.0.0.1");

    private static (string All, string Failed, string Succeeded) Counts(JsonNode one) =>
        (Text(one, "auth_attempts"), Text(one, "auth_attempts_failed"), Text(one, "auth_attempts_succeeded"));

    private static string Text(JsonNode one, string field) => one[field]!.ToString();
}
