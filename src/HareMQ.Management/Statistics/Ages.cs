using System.Globalization;
using HareMQ.Management.Http;

namespace HareMQ.Management.Statistics;

/// <summary>How much of the past a request wants to see: <c>lengths_age</c> and the like, in seconds.</summary>
internal readonly record struct Window(long AgeMs, long IncrementMs)
{
    /// <summary>May be asked for always, however little is kept.</summary>
    private const long AgeSecondsMin = 86_400;

    private const int SamplesMax = 1_000;

    /// <exception cref="ApiException">400: a number is none, or they do not go together.</exception>
    public static Window? Read(ApiRequest request, string prefix)
    {
        if (request.Query($"{prefix}_age") is not { } age || request.Query($"{prefix}_incr") is not { } increment) return null;
        var (ageSeconds, incrementSeconds) = (Seconds(age), Seconds(increment));
        var ageSecondsMax = Math.Max(AgeSecondsMin, request.Context.Options.Retention.LongestMs / 1000);
        if (ageSeconds > ageSecondsMax || ageSeconds / incrementSeconds > SamplesMax)
            throw ApiException.BadRequest($"{prefix}_age and {prefix}_incr ask for too many samples");
        return new Window(ageSeconds * 1000, incrementSeconds * 1000);
    }

    private static long Seconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? seconds
            : throw ApiException.BadRequest($"'{text}' is not a number of seconds");
}

internal sealed record Ages(Window? Lengths, Window? MessageRates, Window? DataRates)
{
    public static Ages Read(ApiRequest request) =>
        new(Window.Read(request, "lengths"), Window.Read(request, "msg_rates"), Window.Read(request, "data_rates"));
}
