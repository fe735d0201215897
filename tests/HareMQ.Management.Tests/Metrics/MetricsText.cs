using System.Globalization;
using System.Text.RegularExpressions;

namespace HareMQ.Management.Tests.Metrics;

/// <summary>Prometheus' text format, read strictly.</summary>
public sealed partial class MetricsText
{
    private readonly Dictionary<string, (string Type, string Help)> _families = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    public MetricsText(string text)
    {
        Assert.EndsWith("\n", text);
        string family = "", type = "";
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                (family, type) = (line.Split(' ')[2], line.Split(' ')[3]);
                continue;
            }

            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var parts = line.Split(' ', 4);
                Assert.Equal(family, parts[2]);
                // Twice the same family is no text that Prometheus takes.
                _families.Add(family, (type, parts[3]));
                continue;
            }

            if (line.Length == 0) continue;
            var match = Sample().Match(line);
            Assert.True(match.Success, $"not a sample: {line}");
            if (type != "summary") Assert.Equal(family, match.Groups["name"].Value);
            _samples.Add(line[..line.LastIndexOf(' ')], double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));
        }
    }

    public IReadOnlyDictionary<string, (string Type, string Help)> Families => _families;

    public IReadOnlyCollection<string> Samples => _samples.Keys;

    /// <param name="sample">Name and labels, as in the text.</param>
    public double this[string sample] => _samples.TryGetValue(sample, out var value)
        ? value
        : throw new KeyNotFoundException($"no {sample} among {string.Join('\n', _samples.Keys)}");

    [GeneratedRegex("""^(?<name>[a-z_]+)(\{([a-z_]+="([^"\\]|\\[\\"n])*",?)+\})? (?<value>\S+)$""")]
    private static partial Regex Sample();
}
