using System.Globalization;
using System.Security;
using System.Text;

namespace HareMQ.Comparison.Plots;

/// <summary>Lines over two logarithmic axes as SVG: system fonts, and colours for light and dark pages.</summary>
internal sealed class LogPlot(string title, string xLabel, string yLabel, Func<double, string> formatY)
{
    private const int Width = 760;
    private const int Height = 420;
    private const int Left = 80;
    private const int Right = 24;
    private const int Top = 84;
    private const int Bottom = 56;
    private const int LegendY = 62;
    private const int LegendEntryWidth = 165;

    // Both pages' colours have enough contrast for text and for lines.
    private const string Style =
        """
          <style>
            svg { font: 13px system-ui, sans-serif }
            .page { fill: #ffffff } .grid { stroke: #d8dee4 } .frame { stroke: #8c959f; fill: none }
            text { fill: #1f2328 } .title { font-size: 16px; font-weight: 600 }
            .line { fill: none; stroke-width: 2.5 } .dashed { stroke-dasharray: 7 5 } .guide { stroke: #8c959f; stroke-dasharray: 2 4 }
            .a { stroke: #0969da } .b { stroke: #bc4c00 } .dot.a { fill: #0969da } .dot.b { fill: #bc4c00 }
            @media (prefers-color-scheme: dark) {
              .page { fill: #0d1117 } .grid { stroke: #30363d } .frame, .guide { stroke: #6e7681 }
              text { fill: #e6edf3 }
              .a { stroke: #58a6ff } .b { stroke: #f0883e } .dot.a { fill: #58a6ff } .dot.b { fill: #f0883e }
            }
          </style>
        """;

    /// <summary>Whether the line where both axes are equal is drawn, from corner to edge.</summary>
    public bool HasDiagonal { get; init; }

    public string Render(IReadOnlyList<PlotSeries> series)
    {
        var points = series.SelectMany(each => each.Points).ToArray();
        var x = new LogAxis([.. points.Select(point => point.X)], Left, Width - Right);
        var y = new LogAxis([.. points.Select(point => point.Y)], Height - Bottom, Top);
        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" role="img" aria-labelledby="title">""");
        Add(svg, $"""  <title id="title">{Text(title)}</title>""");
        svg.Append(Style).Append('\n');
        Add(svg, $"""  <rect class="page" width="{Width}" height="{Height}"/>""");
        Add(svg, $"""  <text class="title" x="{Left}" y="32">{Text(title)}</text>""");
        AddAxes(svg, x, y);
        if (HasDiagonal) AddDiagonal(svg, x, y);
        for (var i = 0; i < series.Count; i++) AddSeries(svg, series[i], x, y, Left + (i * LegendEntryWidth));
        Add(svg, $"</svg>");
        return svg.ToString();
    }

    private void AddAxes(StringBuilder svg, LogAxis x, LogAxis y)
    {
        foreach (var tick in x.Ticks)
        {
            var at = x.Pixel(tick);
            Add(svg, $"""  <line class="grid" x1="{at:0.#}" y1="{Top}" x2="{at:0.#}" y2="{Height - Bottom}"/>""");
            Add(svg, $"""  <text x="{at:0.#}" y="{Height - Bottom + 20}" text-anchor="middle">{Text(SiUnits.Count(tick))}</text>""");
        }

        foreach (var tick in y.Ticks)
        {
            var at = y.Pixel(tick);
            Add(svg, $"""  <line class="grid" x1="{Left}" y1="{at:0.#}" x2="{Width - Right}" y2="{at:0.#}"/>""");
            Add(svg, $"""  <text x="{Left - 8}" y="{at + 4:0.#}" text-anchor="end">{Text(formatY(tick))}</text>""");
        }

        Add(svg, $"""  <rect class="frame" x="{Left}" y="{Top}" width="{Width - Left - Right}" height="{Height - Top - Bottom}"/>""");
        Add(svg, $"""  <text x="{(Left + Width - Right) / 2}" y="{Height - 14}" text-anchor="middle">{Text(xLabel)}</text>""");
        var middle = (Top + Height - Bottom) / 2;
        Add(svg, $"""  <text transform="translate(18 {middle}) rotate(-90)" text-anchor="middle">{Text(yLabel)}</text>""");
    }

    private static void AddDiagonal(StringBuilder svg, LogAxis x, LogAxis y)
    {
        var (from, to) = (Math.Max(x.Smallest, y.Smallest), Math.Min(x.Largest, y.Largest));
        Add(svg, $"""  <line class="guide" x1="{x.Pixel(from):0.#}" y1="{y.Pixel(from):0.#}" x2="{x.Pixel(to):0.#}" y2="{y.Pixel(to):0.#}"/>""");
    }

    private static void AddSeries(StringBuilder svg, PlotSeries series, LogAxis x, LogAxis y, int legendX)
    {
        var style = series.IsDashed ? $"line dashed {series.Style}" : $"line {series.Style}";
        var path = string.Join(' ', series.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{x.Pixel(point.X):0.#},{y.Pixel(point.Y):0.#}")));
        Add(svg, $"""  <polyline class="{style}" points="{path}"/>""");
        foreach (var point in series.Points)
            Add(svg, $"""  <circle class="dot {series.Style}" cx="{x.Pixel(point.X):0.#}" cy="{y.Pixel(point.Y):0.#}" r="3"/>""");
        Add(svg, $"""  <line class="{style}" x1="{legendX}" y1="{LegendY - 4}" x2="{legendX + 28}" y2="{LegendY - 4}"/>""");
        Add(svg, $"""  <text x="{legendX + 34}" y="{LegendY}">{Text(series.Name)}</text>""");
    }

    private static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Text(string text) => SecurityElement.Escape(text);
}
