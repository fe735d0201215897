using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace HareMQ.Broker.Access;

/// <summary>
/// The broker's users and their permissions. Safe for all threads: readers see an immutable snapshot, writers take turns.
/// </summary>
/// <remarks>
/// Whether a virtual host exists is the caller's to check; permissions of a deleted one go with <see cref="RemoveVirtualHost"/>.
/// </remarks>
internal sealed class AccessControl
{
    private readonly Lock _writers = new();
    private volatile IReadOnlySet<string> _loopbackUsers = FrozenSet.Create(StringComparer.Ordinal, "guest");
    private volatile AccessSnapshot _snapshot = AccessSnapshot.Empty;

    /// <summary>Grows with each change; what was decided under an older version must be decided again.</summary>
    public int Version => _snapshot.Version;

    /// <summary>Users who may only log in from the broker's own machine. The default password of guest is known to everybody.</summary>
    public IReadOnlySet<string> LoopbackUsers
    {
        get => _loopbackUsers;
        set => _loopbackUsers = value;
    }

    public IReadOnlyCollection<User> Users => [.. _snapshot.Users.Values];

    public IReadOnlyCollection<PermissionEntry> Permissions =>
        [.. _snapshot.Grants.Select(g => new PermissionEntry(g.Key.User, g.Key.VirtualHost, g.Value.Permission))];

    public IReadOnlyCollection<TopicPermissionEntry> TopicPermissions =>
        [.. _snapshot.TopicGrants.Select(g => new TopicPermissionEntry(g.Key.User, g.Key.VirtualHost, g.Value.Permission))];

    internal AccessSnapshot Snapshot => _snapshot;

    public AuthenticationResult Authenticate(string user, ReadOnlySpan<byte> passwordUtf8, bool loopbackPeer)
    {
        if (!_snapshot.Users.TryGetValue(user, out var found)) return new(AuthenticationOutcome.UnknownUser, null);
        if (!found.PasswordHash.Matches(passwordUtf8)) return new(AuthenticationOutcome.WrongPassword, null);
        if (!loopbackPeer && LoopbackUsers.Contains(user)) return new(AuthenticationOutcome.LoopbackOnly, null);
        return new(AuthenticationOutcome.Accepted, found);
    }

    /// <summary>For a user who has proved already who it is, by a certificate.</summary>
    public AuthenticationResult AuthenticateExternal(string user, bool loopbackPeer)
    {
        if (!_snapshot.Users.TryGetValue(user, out var found)) return new(AuthenticationOutcome.UnknownUser, null);
        if (!loopbackPeer && LoopbackUsers.Contains(user)) return new(AuthenticationOutcome.LoopbackOnly, null);
        return new(AuthenticationOutcome.Accepted, found);
    }

    /// <summary>An entry for the virtual host, even one that grants nothing, lets the user in.</summary>
    public bool MayAccess(string user, string vhost) => _snapshot.Grants.ContainsKey((user, vhost));

    public bool TryGetUser(string name, [NotNullWhen(true)] out User? user) => _snapshot.Users.TryGetValue(name, out user);

    public bool TryGetPermission(string user, string vhost, [NotNullWhen(true)] out Permission? permission)
    {
        permission = _snapshot.Grants.GetValueOrDefault((user, vhost))?.Permission;
        return permission is not null;
    }

    /// <summary>Adds the user or replaces the one of that name. False: replaced.</summary>
    public bool SetUser(User user)
    {
        lock (_writers)
        {
            var before = _snapshot;
            Publish(before with { Users = before.Users.SetItem(user.Name, user) });
            return !before.Users.ContainsKey(user.Name);
        }
    }

    /// <summary>Deletes the user with all its permissions. False: there was none.</summary>
    public bool DeleteUser(string name)
    {
        lock (_writers)
        {
            var before = _snapshot;
            if (!before.Users.ContainsKey(name)) return false;
            Publish(before with
            {
                Users = before.Users.Remove(name),
                Grants = before.Grants.RemoveRange(before.Grants.Keys.Where(k => k.User == name)),
                TopicGrants = before.TopicGrants.RemoveRange(before.TopicGrants.Keys.Where(k => k.User == name)),
            });
            return true;
        }
    }

    /// <summary>False: no such user.</summary>
    /// <exception cref="ArgumentException">A pattern is not a regular expression; the message names it.</exception>
    public bool SetPermission(string user, string vhost, Permission permission)
    {
        var grant = new Grant(permission);
        lock (_writers)
        {
            var before = _snapshot;
            if (!before.Users.ContainsKey(user)) return false;
            Publish(before with { Grants = before.Grants.SetItem((user, vhost), grant) });
            return true;
        }
    }

    /// <summary>False: there was none.</summary>
    public bool ClearPermission(string user, string vhost)
    {
        lock (_writers)
        {
            var before = _snapshot;
            if (!before.Grants.ContainsKey((user, vhost))) return false;
            Publish(before with { Grants = before.Grants.Remove((user, vhost)) });
            return true;
        }
    }

    /// <summary>False: no such user.</summary>
    /// <exception cref="ArgumentException">A pattern is not a regular expression; the message names it.</exception>
    public bool SetTopicPermission(string user, string vhost, TopicPermission permission)
    {
        var grant = new TopicGrant(permission, user, vhost);
        lock (_writers)
        {
            var before = _snapshot;
            if (!before.Users.ContainsKey(user)) return false;
            Publish(before with { TopicGrants = before.TopicGrants.SetItem((user, vhost, permission.Exchange), grant) });
            return true;
        }
    }

    /// <summary>Clears the entry for one exchange, or for all exchanges when it is null. False: there was none.</summary>
    public bool ClearTopicPermissions(string user, string vhost, string? exchange = null)
    {
        lock (_writers)
        {
            var before = _snapshot;
            var after = before.TopicGrants.RemoveRange(before.TopicGrants.Keys.Where(
                k => k.User == user && k.VirtualHost == vhost && (exchange is null || k.Exchange == exchange)));
            if (after.Count == before.TopicGrants.Count) return false;
            Publish(before with { TopicGrants = after });
            return true;
        }
    }

    /// <summary>Forgets all permissions in a virtual host that is being deleted.</summary>
    public void RemoveVirtualHost(string vhost)
    {
        lock (_writers)
        {
            var before = _snapshot;
            Publish(before with
            {
                Grants = before.Grants.RemoveRange(before.Grants.Keys.Where(k => k.VirtualHost == vhost)),
                TopicGrants = before.TopicGrants.RemoveRange(before.TopicGrants.Keys.Where(k => k.VirtualHost == vhost)),
            });
        }
    }

    private void Publish(AccessSnapshot next) => _snapshot = next with { Version = next.Version + 1 };
}
