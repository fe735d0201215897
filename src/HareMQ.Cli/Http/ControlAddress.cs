namespace HareMQ.Cli;

/// <summary>Where the broker is asked: at its control socket, or at the URL of its HTTP API.</summary>
internal sealed record ControlAddress
{
    private const string SocketName = "harectl.sock";

    /// <summary>Where the broker's configuration is kept says where its socket is: the variables are the broker's own.</summary>
    public const string SocketVariable = "HAREMQ_CONTROL_SOCKET";

    public const string DataDirectoryVariable = "HAREMQ_DATA_DIR";

    private static readonly string[] s_usualDirectories = ["haremq-data", "/var/lib/haremq"];

    /// <summary>Null: ask the socket.</summary>
    public Uri? Url { get; private init; }

    public string Username { get; private init; } = "";

    public string Password { get; private init; } = "";

    /// <summary>Null with a URL, and when none of <see cref="Tried"/> exists.</summary>
    public string? Socket { get; private init; }

    /// <summary>Paths where a socket was looked for.</summary>
    public IReadOnlyList<string> Tried { get; private init; } = [];

    public static ControlAddress Of(Uri url, string username, string password) =>
        new() { Url = url, Username = username, Password = password };

    /// <summary>The socket that is named, or the first that exists of those in the usual places.</summary>
    /// <param name="socket">Of the option <c>--socket</c>.</param>
    /// <param name="dataDirectory">Of the option <c>--data-dir</c>.</param>
    /// <param name="environment">Variables.</param>
    public static ControlAddress Find(string? socket, string? dataDirectory, IReadOnlyDictionary<string, string> environment)
    {
        string[] candidates = [.. Candidates(socket, dataDirectory, environment).Select(Path.GetFullPath)];
        return new ControlAddress { Socket = candidates.FirstOrDefault(File.Exists), Tried = candidates };
    }

    private static IEnumerable<string> Candidates(
        string? socket, string? dataDirectory, IReadOnlyDictionary<string, string> environment)
    {
        if (socket is not null) return [socket];
        if (dataDirectory is not null) return [Path.Combine(dataDirectory, SocketName)];
        if (environment.TryGetValue(SocketVariable, out var named) && named is not ("" or "none")) return [named];
        if (environment.TryGetValue(DataDirectoryVariable, out var directory) && directory.Length > 0)
            return [Path.Combine(directory, SocketName)];
        return s_usualDirectories.Select(one => Path.Combine(one, SocketName));
    }
}
