using System.Globalization;

namespace HareMQ.Perf;

/// <summary>Times as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>; a bare number means seconds.</summary>
internal static class Durations
{
    private static readonly (string Suffix, double Seconds)[] s_units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    private static readonly TimeSpan s_max = TimeSpan.FromDays(30);

    /// <exception cref="FormatException">The message says what is wrong.</exception>
    public static TimeSpan Parse(string text)
    {
        var isKnown = ((string Suffix, double) unit) => text.EndsWith(unit.Suffix, StringComparison.Ordinal);
        var (suffix, unit) = s_units.FirstOrDefault(isKnown, ("", 1));
        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(text.AsSpan(0, text.Length - suffix.Length), Style, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"'{text}' is not a time such as 500ms, 30s or 5m");
        var seconds = number * unit;
        return seconds <= s_max.TotalSeconds ? TimeSpan.FromSeconds(seconds) : throw new FormatException($"'{text}' is above 30 days");
    }

    public static string Format(TimeSpan time) =>
        time.TotalSeconds is > 0 and < 1 ? $"{time.TotalMilliseconds:0.#}ms" : $"{time.TotalSeconds:0.###}s";
}
