using System.Collections.Immutable;

namespace HareMQ.Broker.Access;

/// <summary>Who may do what, at one moment. Immutable; changes make a new one that shares what stayed the same.</summary>
internal sealed record AccessSnapshot
{
    public static AccessSnapshot Empty { get; } = new();

    public int Version { get; init; }

    public ImmutableDictionary<string, User> Users { get; init; } = ImmutableDictionary.Create<string, User>(StringComparer.Ordinal);

    public ImmutableDictionary<(string User, string VirtualHost), Grant> Grants { get; init; } =
        ImmutableDictionary<(string User, string VirtualHost), Grant>.Empty;

    public ImmutableDictionary<(string User, string VirtualHost, string Exchange), TopicGrant> TopicGrants { get; init; } =
        ImmutableDictionary<(string User, string VirtualHost, string Exchange), TopicGrant>.Empty;
}
