using System.Collections.Frozen;

namespace HareMQ.Broker.Access;

/// <summary>Someone who may log in. Tags decide about the HTTP API; what a user may do over AMQP is in its permissions.</summary>
internal sealed record User
{
    public User(string name, PasswordHash passwordHash, params IEnumerable<string> tags)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        PasswordHash = passwordHash;
        Tags = tags.ToFrozenSet(StringComparer.Ordinal);
    }

    public string Name { get; }

    public PasswordHash PasswordHash { get; init; }

    public HashingAlgorithm HashingAlgorithm => PasswordHash.Algorithm;

    public FrozenSet<string> Tags { get; init; }

    public bool Equals(User? other) =>
        other is not null && Name == other.Name && PasswordHash == other.PasswordHash && Tags.SetEquals(other.Tags);

    public override int GetHashCode() => HashCode.Combine(Name, PasswordHash);
}
