using System.Text;

namespace HareMQ.Comparison.Scale;

/// <summary>Figures of one run: shown as they come, and kept in a file, so that the document can be put together from runs of several days.</summary>
internal sealed class ScaleReport(TextWriter progress)
{
    private readonly StringBuilder _rows = new();
    private string _head = "";

    /// <summary>All that are kept, as a table.</summary>
    public static string Render(string directory, IEnumerable<string> runs) =>
        "| run | figure | HareMQ |\n|---|---|--:|\n"
        + string.Concat(runs.Select(run => FileOf(directory, run)).Where(File.Exists).Select(File.ReadAllText));

    /// <summary>What is measured: the head of the figures that follow.</summary>
    public void Begin(string head)
    {
        _head = head;
        progress.WriteLine(head);
    }

    public void Add(string figure, string value)
    {
        progress.WriteLine($"  {figure}: {value}");
        _rows.Append($"| {_head} | {figure} | {value} |\n");
        _head = "";
    }

    public void Save(string directory, string run)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(FileOf(directory, run), _rows.ToString());
    }

    private static string FileOf(string directory, string run) => Path.Combine(directory, $"scale-{run}.md");
}
