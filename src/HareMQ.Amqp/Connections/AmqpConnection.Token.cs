using System.Collections.Frozen;
using HareMQ.Amqp.Publishing;
using HareMQ.Broker.Access;

namespace HareMQ.Amqp.Connections;

/// <summary>A user who logged in with a token: it expires, and the client may send a newer one.</summary>
internal sealed partial class AmqpConnection
{
    // Null and empty for users of the broker's own list. Set by the login and by the read loop.
    private TokenRights? _rights;
    private FrozenSet<string> _tokenTags = [];

    /// <summary>Milliseconds since the Unix epoch; read by the tick.</summary>
    private long _tokenExpiresAtMs = long.MaxValue;

    private void TakeToken(AuthenticationResult result)
    {
        if (result is not { User: { } user, Rights: { } rights }) return;
        _rights = rights;
        _tokenTags = user.Tags;
        Interlocked.Exchange(ref _tokenExpiresAtMs, rights.ExpiresAt.ToUnixTimeMilliseconds());
    }

    /// <summary>From connection.update-secret. Passwords of the broker's own users are not changed by it (as with RabbitMQ).</summary>
    private async ValueTask RenewTokenAsync(byte[] token)
    {
        if (_rights is not null)
        {
            var result = await _server.Core.Authenticator.AuthenticateAsync(UserName, token, IsLoopback(Peer));
            if (result is not { User: { } user, Rights: { } rights })
            {
                AmqpLog.TokenRefused(Logger, Id, UserName, Peer, result.Reason);
                throw AccessErrors.SecretRefused();
            }

            if (user.Name != UserName)
            {
                AmqpLog.TokenRefused(Logger, Id, UserName, Peer, $"it is a token of '{user.Name}'");
                throw AccessErrors.SecretRefused();
            }

            TakeToken(result);
            Authorizer.Renew(rights);
            // Routes are remembered together with the right to use them.
            _routes = new RouteCache(VirtualHost.Topology, Access);
        }

        Writer.Write(0, new HareMQ.Protocol.ConnectionUpdateSecretOk());
    }

    private void CheckToken()
    {
        if (Interlocked.Read(ref _tokenExpiresAtMs) > _server.NowMs) return;
        AmqpLog.TokenExpired(Logger, Id, UserName, Peer);
        ForceClose(AmqpErrors.TokenExpired());
    }
}
