using System.Globalization;

namespace HareMQ.Comparison.Plots;

/// <summary>Powers of ten as people write them.</summary>
internal static class SiUnits
{
    public static string Count(double value) => value switch
    {
        >= 1e6 => Number(value / 1e6, "M"),
        >= 1e3 => Number(value / 1e3, "k"),
        _ => Number(value, ""),
    };

    public static string Time(double microseconds) => microseconds switch
    {
        >= 1e6 => Number(microseconds / 1e6, " s"),
        >= 1e3 => Number(microseconds / 1e3, " ms"),
        _ => Number(microseconds, " µs"),
    };

    private static string Number(double value, string unit) => value.ToString("0.##", CultureInfo.InvariantCulture) + unit;
}
