using HareMQ.Management.Definitions;
using HareMQ.Management.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HareMQ.Management.Endpoints;

/// <summary>All definitions in one document, out and in. RabbitMQ reads what HareMQ writes, and the other way round.</summary>
internal static class DefinitionEndpoints
{
    private const string FormFile = "file";

    public static void Add(EndpointTable table)
    {
        table.Get("/api/definitions", Access.Administrator, "All definitions: ?download=name", request => Export(request, null));
        table.Post("/api/definitions", Access.Administrator, "Adds definitions to those that are there",
            request => ImportAsync(request, null));
        table.Get("/api/definitions/{vhost}", Access.Administrator, "The definitions of a virtual host",
            request => Export(request, request.VirtualHost.Name));
        table.Post("/api/definitions/{vhost}", Access.Administrator, "Adds definitions to a virtual host",
            request => ImportAsync(request, request.VirtualHost.Name));
        // As forms of browsers send it.
        table.Post("/api/all-configuration", Access.Administrator, "As /api/definitions", request => ImportAsync(request, null));
        table.Get("/api/all-configuration", Access.Administrator, "As /api/definitions", request => Export(request, null));
    }

    private static ValueTask<ApiResponse> Export(ApiRequest request, string? virtualHost)
    {
        var export = new DefinitionsExport(request.Context);
        var document = virtualHost is null ? export.All() : export.Of(request.VirtualHost);
        return new ApiResponse { Body = document, FileName = request.Query("download") };
    }

    private static async ValueTask<ApiResponse> ImportAsync(ApiRequest request, string? virtualHost)
    {
        var body = IsForm(request) ? await ReadFormAsync(request) : await request.BodyAsync();
        await new DefinitionsImport(request.Context.Core, virtualHost).RunAsync(body);
        return ApiResponse.NoContent;
    }

    /// <summary>Other types than this one say nothing: curl calls everything a form.</summary>
    private static bool IsForm(ApiRequest request) =>
        request.Http.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;

    private static async Task<JsonBody> ReadFormAsync(ApiRequest request)
    {
        if (request.Http.Request.ContentLength > request.Context.Options.BodyBytesMax)
            throw ApiException.BadRequest("Exceeded HTTP request body size limit");
        var limits = new FormOptions { MultipartBodyLengthLimit = request.Context.Options.BodyBytesMax };
        var form = await new FormFeature(request.Http.Request, limits).ReadFormAsync(CancellationToken.None);
        if (form.Files.GetFile(FormFile) is not { } file) throw ApiException.BadRequest($"the form has no file named '{FormFile}'");
        using var content = new MemoryStream();
        await file.CopyToAsync(content);
        return JsonBody.Parse(content.GetBuffer().AsSpan(0, (int)content.Length));
    }
}
