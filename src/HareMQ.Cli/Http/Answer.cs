using System.Net;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>What the broker said.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonNode? Body)
{
    public bool Succeeded => (int)Status is >= 200 and < 300;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>A word for programs.</summary>
    public string Error => Body is JsonObject body ? Json.String(body, "error") : "";

    /// <summary>A text for people.</summary>
    public string Reason => Body is JsonObject body && body["reason"] is { } reason ? reason.ToString() : $"HTTP status {(int)Status}";

    public JsonObject Object => Require().Body as JsonObject ?? [];

    public IEnumerable<JsonObject> Items => (Require().Body as JsonArray ?? []).OfType<JsonObject>();

    /// <exception cref="CliException">The broker refused.</exception>
    public Answer Require() => Succeeded ? this : throw CliException.Unavailable(Reason.TrimEnd('\n'));

    /// <summary>As <see cref="Require"/>; for a path with a virtual host in it, and nothing else that could be missing.</summary>
    public Answer RequireVirtualHost(string name) => IsNotFound ? throw CliException.NoVirtualHost(name) : Require();
}
