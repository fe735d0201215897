namespace HareMQ.Storage.Tests;

internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("haremq-storage-").FullName;

    public StoreOptions Options => new() { DataDirectory = Path };

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
