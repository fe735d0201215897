using System.Globalization;
using System.Text.RegularExpressions;

namespace HareMQ.Hosting;

/// <summary>Times as RabbitMQ writes them, such as <c>90s</c>, <c>1.5h</c> and <c>1h30m</c>; a number alone is in milliseconds.</summary>
internal static partial class Duration
{
    public const string Expected = "a time, such as 500ms, 90s, 1h30m, 7d or 2w";

    public static bool TryParse(string text, out long milliseconds)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out milliseconds)) return true;
        var match = Parts().Match(text);
        // Longer numbers are no times, and could leave a decimal's range.
        if (!match.Success || text.Length > 30) return false;
        var sum = 0m;
        for (var i = 0; i < match.Groups[1].Captures.Count; i++)
            sum += decimal.Parse(match.Groups[1].Captures[i].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
                * Milliseconds(match.Groups[2].Captures[i].Value);
        if (sum > long.MaxValue) return false;
        milliseconds = (long)decimal.Ceiling(sum);
        return true;
    }

    private static long Milliseconds(string unit) => unit.ToLowerInvariant() switch
    {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 7 * 86_400_000L,
        _ => 14 * 86_400_000L,
    };

    [GeneratedRegex(@"\A(?:([0-9]{1,18}(?:\.[0-9]{1,6})?)(ms|[smhdwf]))+\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
