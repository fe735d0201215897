using System.Net.Http.Headers;
using System.Text;
using HareMQ.Hosting.Tests.Embedding;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Audit;

public sealed class AuditTests : IAsyncLifetime
{
    private const string Category = "HareMQ.Audit: ";

    private readonly LogCollector _log = new();
    private HareBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await HareBroker.StartAsync(options =>
    {
        options.Port = 0;
        options.ManagementPort = 0;
        options.LoggerFactory = new LoggerFactory([_log]);
    });

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Changes_are_noted_with_who_and_whence_and_how_they_ended_and_without_secrets()
    {
        using var http = Http("guest", "guest");
        await SendAsync(http, "PUT", "api/users/bob", """{"password":"hidden-secret","tags":"administrator"}""");
        await SendAsync(http, "PUT", "api/vhosts/a%2Fb?note=hidden-query", "{}");
        await SendAsync(http, "DELETE", "api/vhosts/none", null);
        await SendAsync(http, "GET", "api/users", null);
        await SendAsync(http, "POST", "api/queues/%2F/none/get", """{"count":1,"ackmode":"ack_requeue_true","encoding":"auto"}""");
        Assert.Equal(
            [
                "guest from 127.0.0.1: PUT /api/users/bob: 201",
                "guest from 127.0.0.1: PUT /api/vhosts/a%2Fb: 201",
                "guest from 127.0.0.1: DELETE /api/vhosts/none: 404, Not Found",
            ], Lines);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_user_may_not_do_is_noted_too()
    {
        using var admin = Http("guest", "guest");
        await SendAsync(admin, "PUT", "api/users/eve", """{"password":"p","tags":"management"}""");
        using var http = Http("eve", "p");
        await SendAsync(http, "PUT", "api/users/guest", """{"password":"mine","tags":"administrator"}""");
        Assert.Equal("eve from 127.0.0.1: PUT /api/users/guest: 401, Not administrator user", Lines[^1]);
    }

    [Fact]
    public async Task Refused_logins_are_noted_whatever_they_came_by()
    {
        using var http = Http("guest", "wrong-secret");
        await SendAsync(http, "GET", "api/overview", null);
        var factory = new ConnectionFactory { Uri = _broker.Uri, UserName = "nobody", Password = "wrong-secret" };
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => factory.CreateConnectionAsync(TestContext.Current.CancellationToken));
        Assert.Equal("Login of guest from 127.0.0.1 over HTTP refused: WrongPassword", Lines[0]);
        Assert.StartsWith("Login of nobody from 127.0.0.1:", Lines[1]);
        Assert.EndsWith(" over AMQP refused: UnknownUser", Lines[1]);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("wrong-secret", StringComparison.Ordinal));
    }

    private string[] Lines =>
        [.. _log.Lines.Where(line => line.StartsWith(Category, StringComparison.Ordinal)).Select(line => line[Category.Length..])];

    private HttpClient Http(string user, string password)
    {
        var http = new HttpClient { BaseAddress = _broker.ManagementUri };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        return http;
    }

    private static async Task SendAsync(HttpClient http, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
