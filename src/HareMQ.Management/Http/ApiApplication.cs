using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Events;
using HareMQ.Protocol;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HareMQ.Management.Http;

/// <summary>Handles requests: finds the endpoint, checks the user, writes the answer.</summary>
internal sealed class ApiApplication(ManagementContext context, EndpointTable table) : IHttpApplication<HttpContext>
{
    // Names of queues and the like are shown as they are; this is no HTML.
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly BrowserRules _browsers = new(context.Options);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Kestrel owns the features; nothing here is held beyond them.
    }

    public async Task ProcessRequestAsync(HttpContext http)
    {
        ApiRequest? request = null;
        try
        {
            _browsers.Apply(http);
            if (Segments(http) is not { } segments) throw ApiException.NotFound();
            var endpoint = table.Find(http.Request.Method, segments, out var allowed);
            if (endpoint is null)
            {
                await RefuseAsync(http, allowed);
                return;
            }

            request = new ApiRequest(context, http, endpoint, segments);
            await request.AuthorizeAsync();
            if (endpoint.Access != Access.Anybody) ActingUser.Set(request.User.Name);
            var response = await endpoint.Handle(request);
            RequestAudit.Note(request, response.Status);
            await WriteAsync(request, response);
        }
        catch (ApiException error)
        {
            await RefuseAsync(http, request, error);
        }
        catch (AmqpException error)
        {
            await RefuseAsync(http, request, ApiException.From(error));
        }
        catch (InvalidDefinitionException error)
        {
            await RefuseAsync(http, request, ApiException.BadRequest($"Validation failed\n\n{error.Message}\n"));
        }
        catch (BadHttpRequestException error)
        {
            await WriteErrorAsync(http, new ApiException(error.StatusCode, "bad_request", error.Message));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client has gone: nobody waits for an answer.
        }
        catch (Exception error)
        {
            ManagementLog.Unexpected(context.Logger, http.Request.Method, http.Request.Path, error);
            await RefuseAsync(http, request, new ApiException(500, "internal_error", "the broker met an unexpected error; see its log"));
        }
    }

    private static Task RefuseAsync(HttpContext http, ApiRequest? request, ApiException error)
    {
        if (request is not null) RequestAudit.Note(request, error.Status, error.Reason.Trim());
        return WriteErrorAsync(http, error);
    }

    /// <summary>Each decoded by itself: a name may have slashes in it, and ASP.NET's own path no longer tells which were which.</summary>
    /// <returns>Null: it is not below the configured prefix.</returns>
    private List<string>? Segments(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var end = target.IndexOf('?');
        var path = end < 0 ? target : target[..end];
        var prefix = context.Options.PathPrefix;
        if (!path.StartsWith(prefix, StringComparison.Ordinal)) return null;
        path = path[prefix.Length..];
        if (prefix.Length > 0 && path.Length > 0 && path[0] != '/') return null;
        var segments = path.Split('/').Skip(1).Select(Uri.UnescapeDataString).ToList();
        // "/api/queues/" is "/api/queues".
        if (segments.Count > 1 && segments[^1].Length == 0) segments.RemoveAt(segments.Count - 1);
        return segments;
    }

    private static Task RefuseAsync(HttpContext http, IReadOnlyList<string> allowed)
    {
        if (allowed.Count == 0) return WriteErrorAsync(http, ApiException.NotFound());
        var methods = allowed.Contains("GET") ? allowed.Append("HEAD") : allowed;
        http.Response.Headers.Allow = string.Join(", ", methods.Append("OPTIONS"));
        http.Response.StatusCode = http.Request.Method == "OPTIONS" ? 200 : 405;
        return Task.CompletedTask;
    }

    private static Task WriteAsync(ApiRequest request, ApiResponse response)
    {
        var http = request.Http;
        http.Response.StatusCode = response.Status;
        if (response.Location is { } location) http.Response.Headers.Location = location;
        if (response.FileName is { } name)
            http.Response.Headers.ContentDisposition = $"attachment; filename=\"{Uri.EscapeDataString(name)}\"";
        var body = response.List is { } list ? new ListQuery(request).Apply(list) : response.Body;
        return body is null ? Task.CompletedTask : WriteAsync(http, body);
    }

    public static Task WriteErrorAsync(HttpContext http, ApiException error)
    {
        if (http.Response.HasStarted) return Task.CompletedTask;
        http.Response.StatusCode = error.Status;
        if (error.Status == 401) http.Response.Headers.WWWAuthenticate = "Basic realm=\"RabbitMQ Management\"";
        return WriteAsync(http, new JsonObject { ["error"] = error.Error, ["reason"] = error.Reason });
    }

    public static async Task WriteAsync(HttpContext http, JsonNode body)
    {
        var response = http.Response;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-cache";
        using var content = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(content, s_writing)) body.WriteTo(writer);
        response.ContentLength = content.Length;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await response.Body.WriteAsync(content.GetBuffer().AsMemory(0, (int)content.Length));
    }
}
