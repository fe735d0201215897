using System.Buffers.Binary;
using System.Text;

namespace HareMQ.Crash.Damage;

/// <summary>The definitions log as it lies on disk.</summary>
internal sealed class DefinitionsFile
{
    public const int HeaderBytes = 32;
    private const int RecordHeaderBytes = 12;

    public DefinitionsFile(string path)
    {
        Path = path;
        var content = File.ReadAllBytes(path);
        var records = new List<Definition>();
        for (var at = HeaderBytes; at < content.Length; at = (int)records[^1].End)
        {
            var bytes = RecordHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at));
            var text = Encoding.UTF8.GetString(content, at + RecordHeaderBytes, bytes - RecordHeaderBytes);
            records.Add(new Definition(at, at + bytes, text));
        }

        Records = records;
    }

    public string Path { get; }

    public IReadOnlyList<Definition> Records { get; }

    public sealed record Definition(long Offset, long End, string Text);
}
