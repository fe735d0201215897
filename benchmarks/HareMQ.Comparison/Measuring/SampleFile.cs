using System.Text.Json;

namespace HareMQ.Comparison.Measuring;

/// <summary>All samples as JSON lines, kept from run to run: those of the rows that a run measures replace their older ones.</summary>
internal sealed class SampleFile
{
    private readonly string _path;
    private readonly List<Sample> _samples = [];

    public SampleFile(string directory)
    {
        Directory.CreateDirectory(directory);
        _path = Path.Combine(directory, "raw.jsonl");
        if (!File.Exists(_path)) return;
        foreach (var line in File.ReadLines(_path))
            _samples.Add(JsonSerializer.Deserialize<Sample>(line) ?? throw new ComparisonException($"{_path} holds what is no sample: {line}"));
    }

    public IReadOnlyList<Sample> Samples => _samples;

    /// <summary>Forgets what is to be measured anew.</summary>
    public void Remove(IReadOnlySet<string> rows)
    {
        _samples.RemoveAll(sample => rows.Contains(sample.Row));
        File.WriteAllLines(_path, _samples.Select(sample => JsonSerializer.Serialize(sample)));
    }

    public void Add(Sample sample)
    {
        _samples.Add(sample);
        File.AppendAllLines(_path, [JsonSerializer.Serialize(sample)]);
    }
}
