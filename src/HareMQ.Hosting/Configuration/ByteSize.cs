using System.Globalization;

namespace HareMQ.Hosting;

/// <summary>
/// Sizes as RabbitMQ writes them: <c>kB MB GB TB</c> are powers of 1000; <c>k M G T</c>, <c>Ki Mi Gi Ti</c> and <c>KiB MiB GiB TiB</c>
/// are powers of 1024.
/// </summary>
internal static class ByteSize
{
    public static bool TryParse(string text, out long bytes)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var number = digits < 0 ? text.AsSpan() : text.AsSpan(0, digits);
        var unit = digits < 0 ? default : text.AsSpan(digits).Trim();
        bytes = 0;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        if (UnitBytes(unit) is not { } factor || count > long.MaxValue / factor) return false;
        bytes = count * factor;
        return true;
    }

    private static long? UnitBytes(ReadOnlySpan<char> unit)
    {
        if (unit.IsEmpty || unit is "B" or "b") return 1;
        var power = "kmgt".IndexOf(char.ToLowerInvariant(unit[0])) + 1;
        if (power == 0) return null;
        long? thousand = unit[1..] switch
        {
            "" or "i" or "iB" => 1024,
            "B" => 1000,
            _ => null,
        };
        if (thousand is not { } step) return null;
        var bytes = step;
        while (--power > 0) bytes *= step;
        return bytes;
    }
}
