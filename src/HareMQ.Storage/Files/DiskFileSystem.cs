using Microsoft.Win32.SafeHandles;

namespace HareMQ.Storage;

internal sealed class DiskFileSystem : IFileSystem
{
    // Files are renamed and deleted while they are open.
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = 32;

    public IFile Create(string path, long bytes)
    {
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, Shared, FileOptions.None, bytes);
        try
        {
            if (bytes > 0) RandomAccess.SetLength(handle, bytes);
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
        return new DiskFile(handle);
    }

    public IFile Open(string path) => new DiskFile(File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Shared));

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its directory: what was asked for.
        }
    }

    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public void DeleteDirectory(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // What was asked for.
        }
    }

    public IReadOnlyList<string> ListFiles(string directory) => Names(directory, static path => Directory.GetFiles(path));

    public IReadOnlyList<string> ListDirectories(string directory) => Names(directory, static path => Directory.GetDirectories(path));

    public void SyncDirectory(string path)
    {
        if (OperatingSystem.IsLinux()) LinuxCalls.SyncDirectory(path);
    }

    public bool TrySyncAll(string directory)
    {
        if (!OperatingSystem.IsLinux()) return false;
        LinuxCalls.SyncFileSystem(directory);
        return true;
    }

    public IDisposable? TryLock(string path, string content, out string heldBy)
    {
        heldBy = "";
        // Beside the lock, because a locked file cannot be read everywhere.
        var contentPath = path + ".pid";
        if (TryTake(path) is { } handle)
        {
            File.WriteAllText(contentPath, content);
            return handle;
        }
        if (File.Exists(contentPath)) heldBy = File.ReadAllText(contentPath);
        return null;
    }

    private static SafeFileHandle? TryTake(string path)
    {
        try
        {
            var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // The framework's own lock can be switched off by the environment.
            if (!OperatingSystem.IsLinux() || LinuxCalls.TryLock(handle)) return handle;
            handle.Dispose();
            return null;
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            return null;
        }
    }

    private static string[] Names(string directory, Func<string, string[]> list)
    {
        if (!Directory.Exists(directory)) return [];
        var paths = list(directory);
        for (var i = 0; i < paths.Length; i++) paths[i] = Path.GetFileName(paths[i]);
        return paths;
    }
}
