using System.Text;
using System.Text.Json.Nodes;
using HareMQ.Broker.Statistics;
using HareMQ.Management.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace HareMQ.Management.Endpoints;

/// <summary>Logging in by a form, and the logins that were tried on this node.</summary>
internal static class LoginEndpoints
{
    private const string Attempts = "/api/auth/attempts/{node}";

    /// <summary>Of a form with a name and a password; a token may be long.</summary>
    private const int FormBytesMax = 64 * 1024;

    public static void Add(EndpointTable table)
    {
        table.Post("/api/login", Access.Anybody, "Whether a form's username and password let in", LogInAsync);
        table.Get(Attempts, Access.Monitoring, "Logins that were tried, by protocol", ByProtocol);
        table.Delete(Attempts, Access.Monitoring, "Counts logins anew", Reset);
        table.Get($"{Attempts}/source", Access.Monitoring, "Logins that were tried lately, by address and user", BySource);
        table.Delete($"{Attempts}/source", Access.Monitoring, "Counts logins anew", Reset);
    }

    private static async ValueTask<ApiResponse> LogInAsync(ApiRequest request)
    {
        var body = await JsonBody.ReadBytesAsync(request.Http, FormBytesMax);
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));
        var password = form.GetValueOrDefault("password").ToString();
        await request.LogInAsync(form.GetValueOrDefault("username").ToString(), Encoding.UTF8.GetBytes(password));
        return (JsonNode)"ok";
    }

    private static (string Protocol, LoginAttempts Attempts)[] OfNode(ApiRequest request) =>
        request["node"] == request.Context.Options.NodeName
            ? [("amqp091", request.Context.Core.AmqpLogins), ("http", request.Context.Core.HttpLogins)]
            : throw ApiException.NotFound();

    private static ValueTask<ApiResponse> ByProtocol(ApiRequest request)
    {
        var used = OfNode(request).Select(one => (one.Protocol, Counts: one.Attempts.SinceReset))
            .Where(one => one.Counts.Succeeded + one.Counts.Failed > 0);
        return (ApiResponse)ApiList.Of(used, one => Render([], one.Protocol, one.Counts), one => one.Protocol);
    }

    private static ValueTask<ApiResponse> BySource(ApiRequest request)
    {
        var sources = OfNode(request).SelectMany(one => one.Attempts.Sources.Select(source => (one.Protocol, Source: source)));
        return (ApiResponse)ApiList.Of(
            sources,
            one => Render(
                new JsonObject { ["remote_address"] = one.Source.Address, ["username"] = one.Source.User }, one.Protocol, one.Source.Counts),
            one => one.Source.User);
    }

    private static JsonObject Render(JsonObject json, string protocol, LoginCounts counts)
    {
        var (succeeded, failed) = (counts.Succeeded, counts.Failed);
        json["protocol"] = protocol;
        json["auth_attempts"] = succeeded + failed;
        json["auth_attempts_failed"] = failed;
        json["auth_attempts_succeeded"] = succeeded;
        return json;
    }

    private static ValueTask<ApiResponse> Reset(ApiRequest request)
    {
        foreach (var (_, attempts) in OfNode(request)) attempts.Reset();
        return ApiResponse.NoContent;
    }
}
