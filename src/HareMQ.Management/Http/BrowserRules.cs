using Microsoft.AspNetCore.Http;

namespace HareMQ.Management.Http;

/// <summary>What browsers are told with each answer: the configured headers, and which other web pages may use the API (CORS).</summary>
internal sealed class BrowserRules(ManagementOptions options)
{
    private const string AnyOrigin = "*";

    public void Apply(HttpContext http)
    {
        var headers = http.Response.Headers;
        foreach (var (name, value) in options.ResponseHeaders) headers[name] = value;
        if (options.CorsOrigins.Count == 0) return;
        // The answer differs by who asks: a cache must know.
        headers.Vary = "origin";
        var origin = http.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || !options.CorsOrigins.Any(allowed => allowed == AnyOrigin || allowed == origin)) return;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlExposeHeaders = "Location";
        if (!HttpMethods.IsOptions(http.Request.Method)) return;
        headers.AccessControlMaxAge = options.CorsMaxAgeSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        headers.AccessControlAllowMethods = "GET, HEAD, PUT, POST, DELETE, OPTIONS";
        if (http.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } wanted) headers.AccessControlAllowHeaders = wanted;
    }
}
