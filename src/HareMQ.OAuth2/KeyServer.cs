using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace HareMQ.OAuth2;

/// <summary>Fetches the authorization server's signing keys (RFC 7517), whose address it may say itself (OpenID Connect Discovery).</summary>
internal sealed class KeyServer : IDisposable
{
    private const int AnswerBytesMax = 1024 * 1024;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly OAuth2Options _options;
    private readonly HttpClient _http;

    /// <exception cref="OAuth2Exception">The authorities cannot be read.</exception>
    public KeyServer(OAuth2Options options)
    {
        _options = options;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (!options.VerifyPeer) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        else if (!options.VerifyHostName)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
                (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        if (options.CaCertificateFile is { } file) handler.SslOptions.CertificateChainPolicy = PolicyFor(file);
        _http = new HttpClient(handler) { Timeout = s_timeout, MaxResponseContentBufferSize = AnswerBytesMax };
    }

    public Uri Address => (_options.JwksUrl ?? _options.DiscoveryUrl)!;

    /// <exception cref="HttpRequestException">It cannot be reached, or answers with an error.</exception>
    /// <exception cref="OperationCanceledException">It does not answer in time.</exception>
    /// <exception cref="JsonException">It answers something else.</exception>
    /// <exception cref="ArgumentException">Likewise.</exception>
    public async Task<JsonWebKeySet> FetchAsync() =>
        new(await _http.GetStringAsync(_options.JwksUrl ?? await DiscoverAsync(_options.DiscoveryUrl!)));

    public void Dispose() => _http.Dispose();

    private async Task<Uri> DiscoverAsync(Uri discovery)
    {
        await using var answer = await _http.GetStreamAsync(discovery);
        using var document = await JsonDocument.ParseAsync(answer);
        if (document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("jwks_uri", out var address) && address.ValueKind == JsonValueKind.String
            && Uri.TryCreate(address.GetString(), UriKind.Absolute, out var found) && IsSafe(found))
            return found;
        throw new JsonException("its description has no jwks_uri with https");
    }

    /// <summary>Keys that came unprotected could be anybody's, but for those of this machine.</summary>
    public static bool IsSafe(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    private static X509ChainPolicy PolicyFor(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new OAuth2Exception($"cannot use the CA certificates of {file}: {error.Message.ReplaceLineEndings(" ")}", error);
        }

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new OAuth2Exception($"cannot use the CA certificates of {file}: it holds no certificate in PEM format");
    }
}
