using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json.Nodes;

namespace HareMQ.Hosting.Tests.Tls;

/// <summary>What the HTTP API says of a connection over TLS.</summary>
public sealed class TlsListingTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12, "tlsv1.2", "ecdhe_ecdsa")]
    [InlineData(SslProtocols.Tls13, "tlsv1.3", "any")]
    public async Task The_HTTP_API_shows_what_was_agreed_on(SslProtocols protocol, string name, string keyExchange)
    {
        await using var broker = await TlsBroker.StartAsync(options =>
        {
            options.ManagementPort = 0;
            options.Tls.VerifyPeer = true;
        });
        using var certificate = broker.Authority.IssueForClient("CN=orders,O=Shop");
        await using var connection = await broker.ConnectAsync(certificate, protocol);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("guest:guest"u8));
        var list = JsonNode.Parse(await http.GetStringAsync(new Uri(broker.Broker.ManagementUri!, "/api/connections")))!.AsArray();
        var shown = Assert.Single(list)!;
        Assert.True(shown["ssl"]!.GetValue<bool>());
        Assert.Equal((name, keyExchange), (shown["ssl_protocol"]!.ToString(), shown["ssl_key_exchange"]!.ToString()));
        Assert.StartsWith("aes_", shown["ssl_cipher"]!.ToString());
        Assert.Equal("aead", shown["ssl_hash"]!.ToString());
        Assert.Equal("CN=orders,O=Shop", shown["peer_cert_subject"]!.ToString());
        Assert.Equal("CN=Test authority", shown["peer_cert_issuer"]!.ToString());
        Assert.Contains(" - ", shown["peer_cert_validity"]!.ToString());
    }
}
