namespace HareMQ.Broker.Access;

/// <summary>What a token allows, and until when. Immutable.</summary>
/// <param name="scopes">In RabbitMQ's syntax, without the prefix of the resource server; those that are none are ignored.</param>
/// <param name="expiresAt">From then on it allows nothing.</param>
internal sealed class TokenRights(IEnumerable<string> scopes, DateTimeOffset expiresAt)
{
    private readonly TokenScope[] _scopes = [.. scopes.Select(TokenScope.TryParse).OfType<TokenScope>()];

    public DateTimeOffset ExpiresAt => expiresAt;

    /// <summary>Any scope for the virtual host lets the user in.</summary>
    public bool MayAccess(string virtualHost)
    {
        foreach (var scope in _scopes)
            if (scope.VirtualHost.IsMatch(virtualHost))
                return true;
        return false;
    }

    public bool Allows(AccessRight right, string virtualHost, string resource)
    {
        foreach (var scope in _scopes)
            if (scope.Right == right && scope.VirtualHost.IsMatch(virtualHost) && scope.Resource.IsMatch(resource))
                return true;
        return false;
    }

    /// <summary>Unlike the broker's own topic permissions, which allow every key while there is none: here a scope must name the key.</summary>
    public bool AllowsTopic(AccessRight right, string virtualHost, string exchange, ReadOnlySpan<char> routingKey)
    {
        foreach (var scope in _scopes)
        {
            if (scope.Right == right && scope.RoutingKey is { } key && scope.VirtualHost.IsMatch(virtualHost)
                && scope.Resource.IsMatch(exchange) && key.IsMatch(routingKey))
                return true;
        }

        return false;
    }
}
