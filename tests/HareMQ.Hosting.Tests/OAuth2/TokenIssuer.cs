using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting.Tests.OAuth2;

/// <summary>An authorization server: signs tokens, and answers with its keys over HTTP.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "rabbitmq";

    private readonly WebApplication _http;
    private RSA _key = RSA.Create(2048);
    private string _keyId = "key-1";
    private int _fetches;

    private TokenIssuer(WebApplication http)
    {
        _http = http;
        http.MapGet("/.well-known/openid-configuration", () => Json(new JsonObject { ["issuer"] = Url.ToString(), ["jwks_uri"] = $"{Url}keys" }));
        http.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref _fetches);
            return Json(new JsonObject { ["keys"] = new JsonArray(PublicKey()) });
        });
    }

    public Uri Url => new(_http.Urls.Single() + "/");

    /// <summary>How often its keys were asked for.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    public string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem();

    public static async Task<TokenIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new TokenIssuer(builder.Build());
        await issuer._http.StartAsync();
        return issuer;
    }

    /// <summary>Signs with another key from now on.</summary>
    public void ChangeKey(string id)
    {
        _key.Dispose();
        _key = RSA.Create(2048);
        _keyId = id;
    }

    /// <summary>A good token for this user, unless something is changed.</summary>
    public string Sign(string user, string scopes, int seconds = 600, Action<JsonObject>? change = null, Action<JsonObject>? changeHeader = null)
    {
        var (header, claims) = Parts(user, scopes, seconds);
        change?.Invoke(claims);
        changeHeader?.Invoke(header);
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(Signature(header["alg"]!.ToString(), signed))}";
    }

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return _http.DisposeAsync();
    }

    private byte[] Signature(string algorithm, string signed) => algorithm switch
    {
        "none" => [],
        // The confusion of old libraries: the public key, which everybody knows, as the secret of a shared key.
        "HS256" => HMACSHA256.HashData(Encoding.UTF8.GetBytes(PublicKeyPem), Encoding.UTF8.GetBytes(signed)),
        _ => _key.SignData(Encoding.UTF8.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
    };

    private (JsonObject Header, JsonObject Claims) Parts(string user, string scopes, int seconds) => (
        new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = _keyId },
        new JsonObject
        {
            ["sub"] = user,
            ["aud"] = new JsonArray("other", Audience),
            ["scope"] = scopes,
            ["exp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds,
        });

    private JsonNode PublicKey()
    {
        var parameters = _key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = _keyId,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    private static IResult Json(JsonObject answer) => Results.Text(answer.ToJsonString(), "application/json");
}
