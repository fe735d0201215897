using System.Globalization;

namespace HareMQ.Perf;

/// <summary>Numbers for people.</summary>
internal static class Units
{
    /// <summary>A time in the unit that keeps it between 1 and 1000.</summary>
    public static string Time(long nanoseconds) => nanoseconds switch
    {
        < 1_000 => $"{nanoseconds} ns",
        < 1_000_000 => Number(nanoseconds / 1e3, "µs"),
        < 1_000_000_000 => Number(nanoseconds / 1e6, "ms"),
        _ => Number(nanoseconds / 1e9, "s"),
    };

    public static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Whole if it is large, with the digits that matter if it is small.</summary>
    public static string Value(double value) =>
        value.ToString(Math.Abs(value) >= 100 || value == Math.Floor(value) ? "#,0" : "0.###", CultureInfo.InvariantCulture);

    private static string Number(double value, string unit) =>
        $"{value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture)} {unit}";
}
