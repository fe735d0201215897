using HareMQ.Storage;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>A store on disk that can be closed and opened again. Segments are small, so that a test sees many of them.</summary>
internal sealed class TemporaryStore : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("haremq-test-").FullName;
    private readonly Durability _durability;

    public TemporaryStore(Durability durability = Durability.Os)
    {
        _durability = durability;
        Store = Open();
    }

    public MessageStore Store { get; private set; }

    /// <summary>All logs must be disposed.</summary>
    public void Reopen()
    {
        Store.Dispose();
        Store = Open();
    }

    /// <summary>From now on the log can create no further file; those it has open stay usable.</summary>
    public void BreakDirectoryOf(ulong log)
    {
        var path = PathOf(log);
        Directory.Move(path, path + ".moved");
        File.WriteAllText(path, "in the way");
    }

    /// <summary>Undoes <see cref="BreakDirectoryOf"/>.</summary>
    public void MendDirectoryOf(ulong log)
    {
        var path = PathOf(log);
        File.Delete(path);
        Directory.Move(path + ".moved", path);
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string PathOf(ulong log) =>
        Path.Combine(_directory, "queues", log.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));

    private MessageStore Open() => MessageStore.Open(new StoreOptions
    {
        DataDirectory = _directory,
        Durability = _durability,
        FirstSegmentBytes = 1024,
        MaxSegmentBytes = 16 * 1024,
    });
}
