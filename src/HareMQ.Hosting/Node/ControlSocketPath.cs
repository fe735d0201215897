using System.Net.Sockets;

namespace HareMQ.Hosting;

/// <summary>Where the control socket is. <c>harectl</c> looks in the same places, so neither has to be told of the other.</summary>
internal static class ControlSocketPath
{
    /// <summary>In the data directory.</summary>
    public const string FileName = "harectl.sock";

    /// <summary>The configured path, or the default one below the data directory.</summary>
    /// <returns>Null: there shall be none, or the default path is too long for one, of which <paramref name="problem"/> tells.</returns>
    public static string? Find(ServerSettings settings, out string? problem)
    {
        problem = null;
        if (!settings.ControlSocketEnabled) return null;
        if (settings.ControlSocket is { } configured) return Path.GetFullPath(configured);
        var path = Path.Combine(Path.GetFullPath(settings.Broker.DataDirectory!), FileName);
        if (IsPossible(path)) return path;
        problem = $"no control socket for harectl: the path {path} is too long for one; set control_socket to a shorter path";
        return null;
    }

    /// <summary>Systems bound the length of a socket's path, most at about a hundred bytes.</summary>
    public static bool IsPossible(string path)
    {
        try
        {
            _ = new UnixDomainSocketEndPoint(Path.GetFullPath(path));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
