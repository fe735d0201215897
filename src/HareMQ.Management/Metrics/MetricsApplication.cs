using System.IO.Compression;
using System.IO.Pipelines;
using HareMQ.Broker;
using HareMQ.Broker.Clients;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace HareMQ.Management.Metrics;

/// <summary>Answers whoever scrapes: no login, as with RabbitMQ's plugin, and nothing but reading.</summary>
internal sealed class MetricsApplication(BrokerCore core, IConnectionDirectory clients, MetricsOptions options, ILogger logger)
    : IHttpApplication<HttpContext>
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly BrokerTotals _totals = new(core);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Kestrel owns the features; nothing here is held beyond them.
    }

    public async Task ProcessRequestAsync(HttpContext http)
    {
        try
        {
            await AnswerAsync(http);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The scraper has gone: nobody waits for an answer.
        }
        catch (Exception error)
        {
            ManagementLog.Unexpected(logger, http.Request.Method, http.Request.Path, error);
            // Half an answer must not look like a whole one.
            if (http.Response.HasStarted) http.Abort();
            else http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (PageOf(http.Request) is not { } page)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        http.Response.ContentType = ContentType;
        http.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        if (WantsGzip(http.Request)) await WriteZippedAsync(http, page);
        else await WriteAsync(http, http.Response.BodyWriter, page);
    }

    private async Task WriteZippedAsync(HttpContext http, Func<MetricText, ValueTask> page)
    {
        http.Response.Headers.ContentEncoding = "gzip";
        await using var zipped = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        var output = PipeWriter.Create(zipped, new StreamPipeWriterOptions(leaveOpen: true));
        await WriteAsync(http, output, page);
        await output.CompleteAsync();
    }

    private static async Task WriteAsync(HttpContext http, PipeWriter output, Func<MetricText, ValueTask> page)
    {
        var text = new MetricText(output, http.RequestAborted);
        await page(text);
        await text.FlushAsync();
    }

    private Func<MetricText, ValueTask>? PageOf(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        if (path.Length > 1) path = path.TrimEnd('/');
        if (!path.StartsWith(options.Path, StringComparison.Ordinal)) return null;
        return path[options.Path.Length..] switch
        {
            "" when options.PerObject => text => Page(text).WritePerObjectAsync(),
            "" => text => Page(text).WriteAggregatedAsync(),
            "/per-object" => text => Page(text).WritePerObjectAsync(),
            "/detailed" => text => Page(text, VirtualHosts(request)).WriteDetailedAsync(request.Query["family"].ToHashSet()!),
            _ => null,
        };
    }

    private MetricsPage Page(MetricText text, IReadOnlySet<string>? virtualHosts = null) =>
        new(text, new Scrape(core, clients, virtualHosts), _totals, options);

    private static HashSet<string>? VirtualHosts(HttpRequest request) =>
        request.Query["vhost"] is { Count: > 0 } names ? [.. names.OfType<string>()] : null;

    private static bool WantsGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value == "gzip" && coding.Quality is not 0);
}
