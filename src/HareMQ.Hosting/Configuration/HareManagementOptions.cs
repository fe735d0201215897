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

    /// <summary>
    /// Lengths of queues stay in answers without statistics, as <c>enable_queue_totals=true</c> asks for in a request. Default: false.
    /// </summary>
    public bool EnableQueueTotals { get; set; }

    /// <summary>How much of the past is kept. Default: <see cref="HareRatesMode.Basic"/>.</summary>
    public HareRatesMode RatesMode { get; set; }

    /// <summary>
    /// Samples of the whole broker and of virtual hosts: for how long, and how far apart, 5 seconds to that period and at most 1000 of
    /// them; the longest period is 31 days. Default: ten minutes every 5 seconds, an hour every minute, eight hours every ten minutes, a day
    /// every half hour.
    /// </summary>
    public IDictionary<TimeSpan, TimeSpan> GlobalSamples { get; set; } = new Dictionary<TimeSpan, TimeSpan>
    {
        [TimeSpan.FromMinutes(10)] = TimeSpan.FromSeconds(5),
        [TimeSpan.FromHours(1)] = TimeSpan.FromMinutes(1),
        [TimeSpan.FromHours(8)] = TimeSpan.FromMinutes(10),
        [TimeSpan.FromDays(1)] = TimeSpan.FromMinutes(30),
    };

    /// <summary>Those of a queue, exchange, channel or connection, likewise. Default: ten minutes every 5 seconds.</summary>
    public IDictionary<TimeSpan, TimeSpan> BasicSamples { get; set; } = new Dictionary<TimeSpan, TimeSpan>
    {
        [TimeSpan.FromMinutes(10)] = TimeSpan.FromSeconds(5),
    };

    /// <summary>Nobody changes operators' policies over HTTP: such requests are answered by 405. Default: false.</summary>
    public bool DisableOperatorPolicyChanges { get; set; }

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
        if (!Enum.IsDefined(RatesMode))
            return $"Management.RatesMode is {RatesMode}; allowed: {string.Join(", ", Enum.GetNames<HareRatesMode>())}";
        if (FindError(nameof(GlobalSamples), GlobalSamples) is { } global) return global;
        if (FindError(nameof(BasicSamples), BasicSamples) is { } basic) return basic;
        var header = ResponseHeaders?.FirstOrDefault(pair => pair.Value.Any(char.IsControl) || pair.Value.Any(c => c > '~')).Key;
        return header is null ? null : $"Management.ResponseHeaders: the value of '{header}' has characters that no header may have";
    }

    /// <summary>Whether samples can be kept for so long and so far apart.</summary>
    internal static bool IsRetention(TimeSpan period, TimeSpan interval) =>
        OptionRange.SamplePeriodSeconds.Contains(period.TotalSeconds) && OptionRange.SamplePeriodSeconds.Contains(interval.TotalSeconds)
        && interval <= period && period / interval <= OptionRange.SamplesMax;

    private static string? FindError(string option, IDictionary<TimeSpan, TimeSpan>? samples)
    {
        if (samples is not { Count: > 0 }) return $"Management.{option} is empty; allowed: at least one period";
        foreach (var (period, interval) in samples)
        {
            if (!IsRetention(period, interval))
            {
                return $"Management.{option} has {period} every {interval}; allowed: 5 seconds to 31 days, and at most "
                    + $"{OptionRange.SamplesMax} samples";
            }
        }

        return null;
    }
}
