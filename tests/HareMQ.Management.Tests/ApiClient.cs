using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HareMQ.Management.Tests;

/// <summary>Asks an HTTP API as one user. Paths are below <c>/api/</c>; a path that starts with a slash is taken as it is.</summary>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    public Uri Root => _http.BaseAddress!;

    public ApiClient(Uri root, string user = "guest", string password = "guest")
    {
        _http = new HttpClient { BaseAddress = root };
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    public async Task<ApiAnswer> SendAsync(string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.StartsWith('/') ? path : $"/api/{path}");
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new ApiAnswer((int)response.StatusCode, text, response.Headers.Location?.ToString());
    }

    public Task<ApiAnswer> GetAsync(string path) => SendAsync("GET", path);

    public Task<ApiAnswer> PutAsync(string path, string json = "{}") => SendAsync("PUT", path, json);

    public Task<ApiAnswer> PostAsync(string path, string json = "{}") => SendAsync("POST", path, json);

    public Task<ApiAnswer> DeleteAsync(string path) => SendAsync("DELETE", path);

    /// <summary>The body of an answer of 200.</summary>
    public async Task<JsonNode> ReadAsync(string path)
    {
        var answer = await GetAsync(path);
        Assert.True(answer.Status == 200, $"GET {path}: {answer.Status} {answer.Text}");
        return answer.Json!;
    }

    public void Dispose() => _http.Dispose();
}

public sealed record ApiAnswer(int Status, string Text, string? Location)
{
    public JsonNode? Json => Text.Length == 0 ? null : JsonNode.Parse(Text);

    public string Reason => Json!["reason"]!.GetValue<string>();

    /// <summary>The names of the fields, those of objects inside included, in order.</summary>
    public IReadOnlyList<string> Fields => [.. Names(Json, "").Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Names(JsonNode? node, string prefix) => node switch
    {
        JsonObject inner => inner.SelectMany(pair => Names(pair.Value, $"{prefix}.{pair.Key}").Prepend($"{prefix}.{pair.Key}")),
        JsonArray { Count: > 0 } array => Names(array[0], $"{prefix}[]"),
        _ => [],
    };

    public override string ToString() => $"{Status} {Text}";

    public static JsonValueKind KindOf(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;
}
