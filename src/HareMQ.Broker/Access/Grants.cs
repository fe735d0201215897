using System.Text.RegularExpressions;

namespace HareMQ.Broker.Access;

/// <summary>A permission with its patterns compiled.</summary>
internal sealed class Grant(Permission permission)
{
    private readonly ResourcePattern _configure = new(permission.Configure);
    private readonly ResourcePattern _write = new(permission.Write);
    private readonly ResourcePattern _read = new(permission.Read);

    public Permission Permission => permission;

    public ResourcePattern For(AccessRight right) => right switch
    {
        AccessRight.Configure => _configure,
        AccessRight.Write => _write,
        _ => _read,
    };
}

/// <summary>A topic permission with its variables expanded for the user and virtual host it was given to.</summary>
internal sealed class TopicGrant(TopicPermission permission, string user, string vhost)
{
    private readonly ResourcePattern _write = new(Expand(permission.Write, user, vhost));
    private readonly ResourcePattern _read = new(Expand(permission.Read, user, vhost));

    public TopicPermission Permission => permission;

    public ResourcePattern For(AccessRight right) => right == AccessRight.Write ? _write : _read;

    // Escaped: a user who is called ".*" must not reach other users' topics.
    private static string Expand(string pattern, string user, string vhost) => pattern
        .Replace("{username}", Regex.Escape(user), StringComparison.Ordinal)
        .Replace("{vhost}", Regex.Escape(vhost), StringComparison.Ordinal);
}
