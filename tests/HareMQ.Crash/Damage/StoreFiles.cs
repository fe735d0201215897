using System.Text;

namespace HareMQ.Crash.Damage;

/// <summary>The files of a data directory that no broker has open.</summary>
internal sealed class StoreFiles
{
    public StoreFiles(string dataDirectory)
    {
        DataDirectory = dataDirectory;
        Definitions = new DefinitionsFile(Path.Combine(dataDirectory, "definitions.log"));
        // The first queue that was made has the most segments.
        var queue = Directory.GetDirectories(Path.Combine(dataDirectory, "queues"))
            .MaxBy(directory => Directory.GetFiles(directory, "*.seg").Length)!;
        Segments = [.. Directory.GetFiles(queue, "*.seg").Order(StringComparer.Ordinal).Select(path => new SegmentFile(path))];
        if (Segments.Count < 3) throw new InvalidOperationException($"There are {Segments.Count} segments only.");
    }

    public string DataDirectory { get; }

    public DefinitionsFile Definitions { get; }

    /// <summary>Of the large queue, oldest first.</summary>
    public IReadOnlyList<SegmentFile> Segments { get; }

    public IReadOnlyList<SegmentFile> Sealed => [.. Segments.SkipLast(1)];

    public SegmentFile Tail => Segments[^1];

    public string FormatPath => Path.Combine(DataDirectory, "format");

    /// <summary>The queues whose definitions are not among those records.</summary>
    public static IReadOnlyList<string> QueuesMissingFrom(IEnumerable<DefinitionsFile.Definition> left)
    {
        var text = new StringBuilder().AppendJoin('\n', left.Select(definition => definition.Text)).ToString();
        return [.. Enumerable.Range(0, DamagedStore.DefinedQueues).Select(DamagedStore.NameOfDefined)
            .Where(name => !text.Contains($"\"{name}\"", StringComparison.Ordinal))];
    }
}
