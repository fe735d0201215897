namespace HareMQ.Comparison.Plots;

/// <summary>A logarithmic scale over whole decades, from one pixel to another.</summary>
internal sealed class LogAxis
{
    private readonly double _fromPixel;
    private readonly double _toPixel;
    private readonly int _firstDecade;
    private readonly int _lastDecade;

    public LogAxis(IReadOnlyList<double> values, double fromPixel, double toPixel)
    {
        (_fromPixel, _toPixel) = (fromPixel, toPixel);
        _firstDecade = (int)Math.Floor(Math.Log10(values.Min()));
        _lastDecade = Math.Max(_firstDecade + 1, (int)Math.Ceiling(Math.Log10(values.Max())));
    }

    /// <summary>The decades.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range(_firstDecade, _lastDecade - _firstDecade + 1).Select(decade => Math.Pow(10, decade));

    public double Smallest => Math.Pow(10, _firstDecade);

    public double Largest => Math.Pow(10, _lastDecade);

    public double Pixel(double value)
    {
        var share = (Math.Log10(value) - _firstDecade) / (_lastDecade - _firstDecade);
        return _fromPixel + (share * (_toPixel - _fromPixel));
    }
}
