using System.Globalization;
using System.Xml.Linq;
using HareMQ.Comparison.Plots;

namespace HareMQ.Comparison.Tests;

public sealed class LogPlotTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Equal_factors_are_equal_distances()
    {
        var xs = Points("HareMQ", (1000, 10), (10_000, 100), (100_000, 1000)).Select(point => point[0]).ToArray();
        Assert.Equal(xs[1] - xs[0], xs[2] - xs[1], tolerance: 0.11);
    }

    [Fact]
    public void Larger_is_higher()
    {
        var ys = Points("HareMQ", (1000, 10), (2000, 20)).Select(point => point[1]).ToArray();
        Assert.True(ys[1] < ys[0]);
    }

    [Fact]
    public void Names_are_escaped()
    {
        var text = Render("A < B & C", (1000, 10), (2000, 20)).Descendants(s_svg + "text").Select(element => element.Value);
        Assert.Contains("A < B & C", text);
    }

    private static double[][] Points(string name, params (double X, double Y)[] points) =>
    [
        .. Render(name, points).Descendants(s_svg + "polyline").Single().Attribute("points")!.Value.Split(' ')
            .Select(point => point.Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray()),
    ];

    private static XDocument Render(string name, params (double X, double Y)[] points) =>
        XDocument.Parse(new LogPlot("Title", "x", "y", SiUnits.Count) { HasDiagonal = true }.Render([new PlotSeries(name, "a", false, points)]));
}
