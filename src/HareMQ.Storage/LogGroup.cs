namespace HareMQ.Storage;

/// <summary>Logs that belong together, each with a name and a directory of its own. Any thread; each log belongs to its owner.</summary>
internal sealed class LogGroup
{
    private readonly StoreServices _services;
    private readonly string _directory;
    private readonly ulong _id;

    internal LogGroup(StoreServices services, string directory, ulong id)
    {
        _services = services;
        _directory = directory;
        _id = id;
    }

    /// <summary>The names of all logs that are on disk, whether open or not, in no order.</summary>
    /// <exception cref="StorageException">The directory cannot be read.</exception>
    public IReadOnlyList<string> List() => _services.ListDirectories(_directory);

    /// <summary>The log of that name, as it was left, or an empty one. To be disposed by its owner; never open the same one twice.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public SegmentLog Open(string name)
    {
        var path = Path.Combine(_directory, name);
        try
        {
            return new SegmentLog(_services, path, _id);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{path} could not be opened: {error.Message}", error);
        }
    }

    /// <summary>Takes what is left of the group off the disk. Its logs have been deleted, or were never opened.</summary>
    /// <exception cref="StorageException">Some of it is still there.</exception>
    public void Delete()
    {
        try
        {
            _services.Files.DeleteDirectory(_directory);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{_directory} could not be deleted: {error.Message}", error);
        }
    }
}
