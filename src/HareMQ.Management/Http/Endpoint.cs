namespace HareMQ.Management.Http;

internal delegate ValueTask<ApiResponse> EndpointHandler(ApiRequest request);

/// <summary>
/// One line of the table of all endpoints: routing, access checks and the description in <c>/api/openapi.json</c> all come from it.
/// </summary>
/// <param name="Method">GET endpoints answer HEAD too.</param>
/// <param name="Path">A <c>{name}</c> stands for one segment.</param>
/// <param name="Access">Who may use it.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Handle">Does the work.</param>
internal sealed record Endpoint(string Method, string Path, Access Access, string Summary, EndpointHandler Handle)
{
    public string[] Segments { get; } = Path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public IEnumerable<string> Parameters => Segments.Where(IsParameter).Select(segment => segment[1..^1]);

    /// <summary>It changes the broker rather than its messages.</summary>
    public bool IsChange => Method != "GET" && Segments[^1] is not ("publish" or "get" or "login");

    public static bool IsParameter(string segment) => segment[0] == '{';
}

/// <summary>All endpoints, in the order they were added; more special paths come before those they would fall under.</summary>
internal sealed class EndpointTable
{
    private readonly List<Endpoint> _all = [];

    public IReadOnlyList<Endpoint> All => _all;

    public void Get(string path, Access access, string summary, EndpointHandler handle) => Add("GET", path, access, summary, handle);

    public void Put(string path, Access access, string summary, EndpointHandler handle) => Add("PUT", path, access, summary, handle);

    public void Post(string path, Access access, string summary, EndpointHandler handle) => Add("POST", path, access, summary, handle);

    public void Delete(string path, Access access, string summary, EndpointHandler handle) => Add("DELETE", path, access, summary, handle);

    /// <summary>Finds the endpoint for a path.</summary>
    /// <param name="method">HEAD counts as GET.</param>
    /// <param name="segments">Decoded.</param>
    /// <param name="allowed">Methods that the path takes, if this one is not among them; empty: there is no such path.</param>
    public Endpoint? Find(string method, IReadOnlyList<string> segments, out IReadOnlyList<string> allowed)
    {
        if (method == "HEAD") method = "GET";
        var others = new List<string>();
        allowed = others;
        string[]? path = null;
        foreach (var endpoint in _all)
        {
            if (!Matches(endpoint.Segments, segments)) continue;
            // A path that falls under several patterns belongs to the first.
            path ??= endpoint.Segments;
            if (!endpoint.Segments.AsSpan().SequenceEqual(path)) continue;
            if (endpoint.Method == method) return endpoint;
            others.Add(endpoint.Method);
        }

        return null;
    }

    private void Add(string method, string path, Access access, string summary, EndpointHandler handle) =>
        _all.Add(new Endpoint(method, path, access, summary, handle));

    private static bool Matches(string[] pattern, IReadOnlyList<string> segments)
    {
        if (pattern.Length != segments.Count) return false;
        for (var i = 0; i < pattern.Length; i++)
            if (!Endpoint.IsParameter(pattern[i]) && pattern[i] != segments[i]) return false;
        return true;
    }
}
