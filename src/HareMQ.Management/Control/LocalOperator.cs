using HareMQ.Broker.Access;
using Microsoft.AspNetCore.Http;

namespace HareMQ.Management.Control;

/// <summary>
/// Whoever comes over the control socket: the operating system lets nobody but the broker's own account and root open it. May do
/// everything, and needs no user of the broker for it.
/// </summary>
internal sealed class LocalOperator
{
    private static readonly LocalOperator s_mark = new();

    /// <summary>As logs show it. A user of this name may exist and is somebody else.</summary>
    public static User User { get; } = new("harectl", PasswordHash.None, UserTags.Administrator);

    public static void Mark(HttpContext http) => http.Features.Set(s_mark);

    public static bool Is(HttpContext http) => http.Features.Get<LocalOperator>() is not null;

    /// <summary>With all permissions in a virtual host, whatever the broker's own users have.</summary>
    public static AccessControl Permissions(string virtualHost)
    {
        var access = new AccessControl();
        access.SetUser(User);
        access.SetPermission(User.Name, virtualHost, Permission.Everything);
        return access;
    }
}
