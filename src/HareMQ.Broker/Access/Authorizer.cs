using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Access;

/// <summary>What one connection's user may do in its virtual host. Remembers decisions until a permission changes.</summary>
/// <remarks>Belongs to one connection's read loop: not for several threads.</remarks>
/// <param name="access">The broker's own list.</param>
/// <param name="user">Who.</param>
/// <param name="vhost">Where.</param>
/// <param name="logger">Where patterns that take too long are logged.</param>
/// <param name="rights">What the user's token allows, instead of the broker's own list; null: there is none.</param>
internal sealed class Authorizer(AccessControl access, string user, string vhost, ILogger logger, TokenRights? rights = null)
{
    public const string DefaultExchangeResource = "amq.default";

    internal const int CachedDecisionsMax = 1024;
    private const int RoutingKeyCharsMax = 255;

    // Per resource name, two bits for each right: decided, and granted.
    private readonly Dictionary<string, byte> _decisions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TopicGrant?> _topicGrants = new(StringComparer.Ordinal);
    private AccessSnapshot _snapshot = access.Snapshot;
    private TokenRights? _rights = rights;

    public string User => user;

    public string VirtualHost => vhost;

    internal int CachedDecisionCount => _decisions.Count;

    /// <summary>The name that permissions see: the default exchange has none of its own.</summary>
    public static string ResourceName(string name) => name.Length == 0 ? DefaultExchangeResource : name;

    /// <summary>The user has shown a newer token.</summary>
    public void Renew(TokenRights rights)
    {
        _rights = rights;
        _decisions.Clear();
    }

    public bool MayConfigure(string resource) => May(AccessRight.Configure, resource);

    public bool MayWrite(string resource) => May(AccessRight.Write, resource);

    public bool MayRead(string resource) => May(AccessRight.Read, resource);

    /// <summary>
    /// Without a topic permission for the exchange every key is allowed. Keys are not remembered: a route cache is the place for
    /// that.
    /// </summary>
    public bool MayWriteTopic(string exchange, ReadOnlySpan<char> routingKey) => MayTopic(AccessRight.Write, exchange, routingKey);

    /// <inheritdoc cref="MayWriteTopic(string, ReadOnlySpan{char})"/>
    public bool MayWriteTopic(string exchange, ReadOnlySpan<byte> routingKeyUtf8)
    {
        if (_rights is null && TopicGrantFor(exchange) is null) return true;
        if (routingKeyUtf8.Length > RoutingKeyCharsMax) return MayWriteTopic(exchange, Encoding.UTF8.GetString(routingKeyUtf8));
        Span<char> routingKey = stackalloc char[RoutingKeyCharsMax];
        return MayWriteTopic(exchange, routingKey[..Encoding.UTF8.GetChars(routingKeyUtf8, routingKey)]);
    }

    /// <inheritdoc cref="MayWriteTopic(string, ReadOnlySpan{char})"/>
    public bool MayReadTopic(string exchange, ReadOnlySpan<char> bindingKey) => MayTopic(AccessRight.Read, exchange, bindingKey);

    private bool May(AccessRight right, string resource)
    {
        Refresh();
        resource = ResourceName(resource);
        var decided = 1 << ((int)right * 2);
        var granted = decided << 1;
        int decisions = _decisions.GetValueOrDefault(resource);
        if ((decisions & decided) == 0)
        {
            decisions |= decided;
            if (IsGranted(right, resource)) decisions |= granted;
            if (_decisions.Count >= CachedDecisionsMax) _decisions.Clear();
            _decisions[resource] = (byte)decisions;
        }
        return (decisions & granted) != 0;
    }

    private bool IsGranted(AccessRight right, string resource) => _rights is { } token
        ? token.Allows(right, vhost, resource)
        : _snapshot.Grants.TryGetValue((user, vhost), out var grant) && Matches(grant.For(right), resource);

    private bool MayTopic(AccessRight right, string exchange, ReadOnlySpan<char> key)
    {
        if (_rights is { } token) return token.AllowsTopic(right, vhost, exchange, key);
        var grant = TopicGrantFor(exchange);
        return grant is null || Matches(grant.For(right), key);
    }

    private TopicGrant? TopicGrantFor(string exchange)
    {
        Refresh();
        if (_snapshot.TopicGrants.IsEmpty) return null;
        if (!_topicGrants.TryGetValue(exchange, out var grant))
        {
            _snapshot.TopicGrants.TryGetValue((user, vhost, exchange), out grant);
            if (_topicGrants.Count >= CachedDecisionsMax) _topicGrants.Clear();
            _topicGrants[exchange] = grant;
        }
        return grant;
    }

    private void Refresh()
    {
        var current = access.Snapshot;
        if (ReferenceEquals(current, _snapshot)) return;
        _snapshot = current;
        _decisions.Clear();
        _topicGrants.Clear();
    }

    private bool Matches(ResourcePattern pattern, ReadOnlySpan<char> name)
    {
        try
        {
            return pattern.IsMatch(name);
        }
        catch (RegexMatchTimeoutException)
        {
            AccessLog.PatternTimedOut(logger, user, vhost, pattern.Pattern);
            return false;
        }
    }
}
