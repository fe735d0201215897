namespace HareMQ.Storage;

/// <summary>All that the store asks of a file system. Failures are <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
internal interface IFileSystem
{
    /// <summary>A new file of that length whose blocks are allocated: a full disk fails here, not in a later write.</summary>
    IFile Create(string path, long bytes);

    /// <summary>Opens an existing file for reading and writing.</summary>
    IFile Open(string path);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>Replaces the target.</summary>
    void Rename(string from, string to);

    /// <summary>No error if there is no such file.</summary>
    void Delete(string path);

    void CreateDirectory(string path);

    /// <summary>With all that is in it; no error if there is none.</summary>
    void DeleteDirectory(string path);

    /// <summary>Names without their directory; none if there is no such directory.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>Puts the directory's names on stable storage. No error if the directory has been deleted meanwhile.</summary>
    void SyncDirectory(string path);

    /// <summary>Puts everything in the file system of that directory on stable storage; false if the platform has no call for it.</summary>
    bool TrySyncAll(string directory);

    /// <summary>Takes the lock file for this process; null if another one holds it, and what that one wrote into it.</summary>
    IDisposable? TryLock(string path, string content, out string heldBy);
}
