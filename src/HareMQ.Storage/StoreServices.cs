using Microsoft.Extensions.Logging;

namespace HareMQ.Storage;

/// <summary>What the logs of one store share.</summary>
internal sealed record StoreServices(
    StoreOptions Options,
    IFileSystem Files,
    OpenFiles OpenFiles,
    BufferPool Buffers,
    RecyclePool Recycled,
    SyncLoop Sync,
    ILogger Logger)
{
    public StoreFile NewFile(string directory, string name) => new(OpenFiles, Path.Combine(directory, name), directory);

    /// <summary>The names in a directory.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public IReadOnlyList<string> ListDirectories(string directory)
    {
        try
        {
            return Files.ListDirectories(directory);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{directory} could not be read: {error.Message}", error);
        }
    }

    /// <summary>Gives an emptied file up: into the pool if it has the usual size, off the disk otherwise.</summary>
    public void Discard(Segment segment)
    {
        segment.File.Retire();
        var isFullSize = segment.FileBytes == (uint)Options.MaxSegmentBytes;
        // First the segment, then what says that it is acknowledged: a crash between them must not bring the records back.
        if (!isFullSize || !Recycled.TryPut(segment.File.Path)) Files.Delete(segment.File.Path);
        if (segment.AckFile is null) return;
        segment.AckFile.Retire();
        Files.Delete(segment.AckFile.Path);
    }

    /// <summary>Keeps a file that cannot be read for those who want to look at it.</summary>
    public void SetAside(string log, StoreFile file)
    {
        file.Retire();
        var aside = file.Path + SegmentName.AsideSuffix;
        Files.Rename(file.Path, aside);
        StorageLog.SetAside(Logger, log, file.Path, aside);
    }
}
