namespace HareMQ.Hosting;

/// <summary>How the HTTP API answers; where it listens is in <see cref="HareBrokerOptions"/>.</summary>
/// <remarks>Read once, when the broker starts; later changes have no effect. Not thread-safe.</remarks>
public sealed class HareManagementOptions
{
    /// <summary>What all paths begin with, such as <c>/rabbit</c>, for a proxy that serves others too. Default: empty.</summary>
    public string PathPrefix { get; set; } = "";

    /// <summary>Web pages of other origins that may use the API from a browser: <c>https://example.org</c>, or <c>*</c>. Default: none.</summary>
    public IList<string> CorsOrigins { get; set; } = [];

    /// <summary>How long a browser may remember that, in seconds, 0 or more. Default: 1800.</summary>
    public int CorsMaxAgeSeconds { get; set; } = 1800;

    /// <summary>Headers of every answer, for browsers: <c>Content-Security-Policy</c> and the like. Default: none.</summary>
    public IDictionary<string, string> ResponseHeaders { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Leaves counts and rates out of answers, for those who take them from elsewhere. Default: false.</summary>
    public bool DisableStatistics { get; set; }

    /// <summary>The largest body of a request, definitions included, in bytes, 1 to 1 GiB. Default: 10,000,000.</summary>
    public int MaxBodyBytes { get; set; } = 10_000_000;

    /// <summary>What is wrong, or null.</summary>
    internal string? FindError()
    {
        if (PathPrefix is null || (PathPrefix.Length > 0 && (PathPrefix[0] != '/' || PathPrefix.Any(char.IsWhiteSpace))))
            return $"Management.PathPrefix is '{PathPrefix}'; allowed: a path that begins with a slash, or nothing";
        if (CorsOrigins is null || CorsOrigins.Any(string.IsNullOrWhiteSpace)) return "Management.CorsOrigins has an empty origin";
        if (!OptionRange.Limit.Contains(CorsMaxAgeSeconds)) return $"Management.CorsMaxAgeSeconds is {CorsMaxAgeSeconds}; allowed: {OptionRange.Limit}";
        if (!OptionRange.BodyBytes.Contains(MaxBodyBytes)) return $"Management.MaxBodyBytes is {MaxBodyBytes}; allowed: {OptionRange.BodyBytes}";
        var header = ResponseHeaders?.FirstOrDefault(pair => pair.Value.Any(char.IsControl) || pair.Value.Any(c => c > '~')).Key;
        return header is null ? null : $"Management.ResponseHeaders: the value of '{header}' has characters that no header may have";
    }
}
