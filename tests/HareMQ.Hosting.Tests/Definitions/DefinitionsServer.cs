using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting.Tests.Definitions;

/// <summary>Has definitions, over HTTPS.</summary>
internal sealed class DefinitionsServer : IAsyncDisposable
{
    private readonly WebApplication _http;

    private DefinitionsServer(WebApplication http)
    {
        _http = http;
        http.MapGet("/definitions.json", (HttpContext context) =>
        {
            Authorization = context.Request.Headers.Authorization;
            ClientSubject = context.Connection.ClientCertificate?.Subject;
            return Status == 200 ? Results.Text(Body, "application/json") : Results.StatusCode(Status);
        });
        http.MapGet("/moved", () => Results.Redirect("/definitions.json"));
    }

    public string Body { get; set; } = "{}";

    public int Status { get; set; } = 200;

    /// <summary>Of the last request.</summary>
    public string? Authorization { get; private set; }

    /// <inheritdoc cref="Authorization"/>
    public string? ClientSubject { get; private set; }

    public int Port => new Uri(_http.Urls.Single()).Port;

    public Uri Url => new($"https://localhost:{Port}/definitions.json");

    public static async Task<DefinitionsServer> StartAsync(
        X509Certificate2 certificate, ClientCertificateMode clients = ClientCertificateMode.NoCertificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = clients;
            https.ClientCertificateValidation = (_, _, _) => true;
        })));
        var server = new DefinitionsServer(builder.Build());
        await server._http.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _http.DisposeAsync();
}
