using System.Text;
using System.Text.Json;
using HareMQ.Broker.Access;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HareMQ.OAuth2;

/// <summary>Logs users in by the token (JWT) that they send as their password. What they may do is in the token too. Thread-safe.</summary>
internal sealed class OAuth2Backend : IAuthenticationBackend, IDisposable
{
    /// <summary>A name or a tag is never longer; what is, comes from somebody who wants to hurt.</summary>
    private const int UserNameBytesMax = 255;

    private readonly OAuth2Options _options;
    private readonly SigningKeys _keys;
    private readonly TimeProvider _time;
    private readonly JsonWebTokenHandler _handler = new();

    /// <exception cref="OAuth2Exception">A key file cannot be used.</exception>
    public OAuth2Backend(OAuth2Options options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _keys = new SigningKeys(options, time, logger);
    }

    /// <param name="user">Not looked at: the token says who it is.</param>
    /// <param name="password">The token.</param>
    /// <param name="loopbackPeer">Not looked at: only the broker's own users are bound to this machine.</param>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(string user, ReadOnlyMemory<byte> password, bool loopbackPeer)
    {
        if (!TryRead(password.Span, out var token)) return Refused("no token");
        if (!_options.Algorithms.Contains(token.Alg, StringComparer.Ordinal)) return Refused($"the token's algorithm '{Short(token.Alg)}' is not allowed");
        if ((string.IsNullOrEmpty(token.Kid) ? _options.DefaultKey : token.Kid) is not { } keyId) return Refused("the token names no key");
        if (await _keys.FindAsync(keyId) is not { } key) return Refused($"the token's key '{Short(keyId)}' is not known");
        var signature = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidAlgorithms = _options.Algorithms,
            RequireSignedTokens = true,
            // There is this one only; a token that leaves its id out still has it.
            TryAllIssuerSigningKeys = true,
            // Judged below: by the broker's clock, and with reasons of its own.
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        });
        if (!signature.IsValid) return Refused("the token's signature is wrong");
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        return Judge(new TokenClaims(payload.RootElement, _options));
    }

    /// <summary>A certificate is no token.</summary>
    public AuthenticationResult AuthenticateExternal(string user, bool loopbackPeer) => Refused("no token");

    public void Dispose() => _keys.Dispose();

    private AuthenticationResult Judge(TokenClaims claims)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        if (claims.ExpiresAt is not { } expiresAt) return Refused("the token does not say when it expires");
        if (expiresAt <= now) return Refused($"the token has expired at {DateTimeOffset.FromUnixTimeSeconds(expiresAt):yyyy-MM-dd HH:mm:ss} UTC");
        if (claims.NotBefore is { } notBefore && notBefore > now) return Refused("the token is not valid yet");
        if (_options.VerifyAudience && !claims.Audiences.Contains(_options.ResourceServerId, StringComparer.Ordinal))
            return Refused($"the token is not meant for '{_options.ResourceServerId}' (aud)");
        if (claims.UserName is not { } name || Encoding.UTF8.GetByteCount(name) > UserNameBytesMax) return Refused("the token does not say whose it is");
        if (!claims.TryReadScopes(out var permissions, out var tags)) return Refused("the token has too many scopes");
        return new AuthenticationResult(
            AuthenticationOutcome.Accepted,
            new User(name, PasswordHash.None, tags),
            new TokenRights(permissions, DateTimeOffset.FromUnixTimeSeconds(expiresAt)));
    }

    private bool TryRead(ReadOnlySpan<byte> utf8, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out JsonWebToken? token)
    {
        token = null;
        if (utf8.Length == 0 || utf8.Length > _handler.MaximumTokenSizeInBytes) return false;
        var text = Encoding.UTF8.GetString(utf8);
        if (!_handler.CanReadToken(text)) return false;
        try
        {
            token = new JsonWebToken(text);
            // Five parts would be an encrypted one, which the broker has no key for.
            return token.IsSigned && !token.IsEncrypted;
        }
        catch (Exception error) when (error is ArgumentException or SecurityTokenException)
        {
            return false;
        }
    }

    private static AuthenticationResult Refused(string reason) => new(AuthenticationOutcome.BadToken, null, Detail: reason);

    /// <summary>Anybody may write anything into a token's header.</summary>
    private static string Short(string text) => text.Length <= 40 ? text : $"{text.AsSpan(0, 40)}…";
}
