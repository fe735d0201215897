using System.Globalization;

namespace HareMQ.Comparison.Reporting;

internal static class Numbers
{
    public const string None = "-";

    /// <summary>With the digits that matter.</summary>
    public static string Short(double? value) => value switch
    {
        null => None,
        { } number when Math.Abs(number) >= 100 => number.ToString("#,0", CultureInfo.InvariantCulture),
        { } number when Math.Abs(number) >= 10 => number.ToString("0.0", CultureInfo.InvariantCulture),
        { } number => number.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
