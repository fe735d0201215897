using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace HareMQ.OAuth2;

/// <summary>
/// The keys that tokens are checked with: those of files, and those of the authorization server, fetched when a token first needs them and again
/// when one names a key that is not known, but not more often than <see cref="OAuth2Options.FetchInterval"/>. Thread-safe.
/// </summary>
internal sealed class SigningKeys : IDisposable
{
    private readonly OAuth2Options _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<string, SecurityKey> _files = new(StringComparer.Ordinal);
    private readonly KeyServer? _server;

    /// <summary>One fetches, the others wait for what it brings.</summary>
    private readonly SemaphoreSlim _fetching = new(1);

    // Written while fetching, read by anybody.
    private volatile Dictionary<string, SecurityKey> _fetched = new(StringComparer.Ordinal);
    private long _fetchedAt;
    private bool _hasFetched;

    /// <exception cref="OAuth2Exception">A key file cannot be used.</exception>
    public SigningKeys(OAuth2Options options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        foreach (var (id, file) in options.SigningKeyFiles) _files[id] = ReadFile(id, file);
        if ((options.JwksUrl ?? options.DiscoveryUrl) is not null) _server = new KeyServer(options);
    }

    /// <returns>Null: there is no key of that id.</returns>
    public async ValueTask<SecurityKey?> FindAsync(string id)
    {
        if (_files.TryGetValue(id, out var key) || _fetched.TryGetValue(id, out key)) return key;
        if (_server is null) return null;
        await _fetching.WaitAsync();
        try
        {
            if (_fetched.TryGetValue(id, out key)) return key;
            if (_hasFetched && _time.GetElapsedTime(_fetchedAt) < _options.FetchInterval) return null;
            await FetchAsync(_server);
            return _fetched.GetValueOrDefault(id);
        }
        finally
        {
            _fetching.Release();
        }
    }

    public void Dispose()
    {
        _server?.Dispose();
        _fetching.Dispose();
    }

    /// <summary>What cannot be fetched leaves the old keys in force.</summary>
    private async Task FetchAsync(KeyServer server)
    {
        _hasFetched = true;
        try
        {
            var set = await server.FetchAsync();
            var keys = new Dictionary<string, SecurityKey>(StringComparer.Ordinal);
            foreach (var key in set.GetSigningKeys())
                if (!string.IsNullOrEmpty(key.KeyId))
                    keys[key.KeyId] = key;
            _fetched = keys;
            OAuth2Log.KeysFetched(_logger, keys.Count, server.Address);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or JsonException or ArgumentException)
        {
            OAuth2Log.FetchFailed(_logger, server.Address, error.Message);
        }
        finally
        {
            // Counted from its end: a server that is slow to answer is asked no more often.
            _fetchedAt = _time.GetTimestamp();
        }
    }

    private static SecurityKey ReadFile(string id, string file)
    {
        try
        {
            var pem = File.ReadAllText(file);
            if (pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
            {
                var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(pem);
                return new X509SecurityKey(certificate, id);
            }

            return TryReadRsa(pem) is { } rsa ? new RsaSecurityKey(rsa) { KeyId = id } : new ECDsaSecurityKey(ReadEllipticCurve(pem)) { KeyId = id };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new OAuth2Exception($"cannot use the signing key '{id}' of {file}: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <summary>The two kinds share PEM's labels; only reading tells them apart.</summary>
    private static RSA? TryReadRsa(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return rsa;
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            return null;
        }
    }

    private static ECDsa ReadEllipticCurve(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }
}
