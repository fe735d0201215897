using System.Globalization;

namespace HareMQ.Perf;

/// <summary>Names that differ by a number: <c>orders-%d</c>.</summary>
internal static class NamePattern
{
    public const string Number = "%d";

    public static bool HasNumber(string pattern) => pattern.Contains(Number, StringComparison.Ordinal);

    public static string Name(string pattern, int number) =>
        pattern.Replace(Number, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>The pattern's names for all numbers; a pattern without a number has one name.</summary>
    public static IReadOnlyList<string> Names(string pattern, NumberRange range) =>
        HasNumber(pattern) ? [.. range.Numbers.Select(number => Name(pattern, number))] : [pattern];
}
