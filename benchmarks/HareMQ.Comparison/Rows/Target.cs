using System.Globalization;

namespace HareMQ.Comparison.Rows;

/// <summary>What a figure must reach, as a multiple of the other side's or by itself.</summary>
internal sealed record Target
{
    private readonly bool _isRatio;
    private readonly bool _isUpperLimit;
    private readonly double _limit;
    private readonly string _unit;

    private Target(bool isRatio, bool isUpperLimit, double limit, string unit)
    {
        _isRatio = isRatio;
        _isUpperLimit = isUpperLimit;
        _limit = limit;
        _unit = unit;
    }

    public static Target TimesAtLeast(double limit) => new(true, false, limit, "×");

    public static Target TimesAtMost(double limit) => new(true, true, limit, "×");

    public static Target AtLeast(double limit, string unit) => new(false, false, limit, unit);

    public static Target AtMost(double limit, string unit) => new(false, true, limit, unit);

    public string Text => $"{(_isUpperLimit ? "≤" : "≥")} {_limit.ToString("#,0.##", CultureInfo.InvariantCulture)}{_unit}";

    /// <summary>Null if there is nothing to judge by.</summary>
    public bool? IsMet(double? ours, double? other)
    {
        var value = _isRatio ? ours / other : ours;
        if (value is not { } number || double.IsNaN(number)) return null;
        return _isUpperLimit ? number <= _limit : number >= _limit;
    }
}
