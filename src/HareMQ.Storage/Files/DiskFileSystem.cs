using System.Text;
using Microsoft.Win32.SafeHandles;

namespace HareMQ.Storage;

internal sealed class DiskFileSystem : IFileSystem
{
    // Files are renamed and deleted while they are open.
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

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
        if (TryTake(path) is { } handle)
        {
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes(content), 0);
            return handle;
        }
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, Shared));
        heldBy = reader.ReadToEnd();
        return null;
    }

    private static SafeFileHandle? TryTake(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Shared);
            if (LinuxCalls.TryLock(handle)) return handle;
            handle.Dispose();
            return null;
        }
        try
        {
            // Others may still read who holds it.
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (IOException) when (File.Exists(path))
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
