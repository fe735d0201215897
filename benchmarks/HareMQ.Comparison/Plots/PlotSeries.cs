namespace HareMQ.Comparison.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Style">Which colour; see the style sheet of <see cref="LogPlot"/>.</param>
internal sealed record PlotSeries(string Name, string Style, bool IsDashed, IReadOnlyList<(double X, double Y)> Points);
