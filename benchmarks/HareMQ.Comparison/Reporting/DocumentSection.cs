namespace HareMQ.Comparison.Reporting;

/// <summary>The part of a markdown file between two comments, which a program writes.</summary>
internal static class DocumentSection
{
    /// <exception cref="ComparisonException">The file has no such part.</exception>
    public static void Replace(string path, string name, string content)
    {
        var (begin, end) = ($"<!-- {name}: begin -->", $"<!-- {name}: end -->");
        var text = File.ReadAllText(path);
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from) throw new ComparisonException($"{path} has no lines '{begin}' and '{end}'");
        File.WriteAllText(path, $"{text[..(from + begin.Length)]}\n{content.TrimEnd()}\n{text[to..]}");
    }
}
