namespace HareMQ.Comparison.Brokers;

/// <summary>A broker's data, gone when it is disposed. Under TMPDIR, which needs room for what is measured.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("haremq-comparison-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
