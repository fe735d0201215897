namespace HareMQ.Broker.Access;

/// <summary>
/// Three patterns over the names of a virtual host's queues and exchanges (<c>amq.default</c> stands for the default exchange).
/// </summary>
/// <remarks>Unanchored regular expressions; an empty pattern grants nothing.</remarks>
internal sealed record Permission(string Configure, string Write, string Read)
{
    public static Permission Everything { get; } = new(".*", ".*", ".*");
}

/// <summary>Patterns over the routing keys of one topic exchange, checked in addition to the permission on the exchange.</summary>
/// <remarks><c>{username}</c> and <c>{vhost}</c> in a pattern stand for the user's and the virtual host's name.</remarks>
internal sealed record TopicPermission(string Exchange, string Write, string Read);

internal sealed record PermissionEntry(string User, string VirtualHost, Permission Permission);

internal sealed record TopicPermissionEntry(string User, string VirtualHost, TopicPermission Permission);
