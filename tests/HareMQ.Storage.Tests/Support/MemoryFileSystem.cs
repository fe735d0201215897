using System.Runtime.InteropServices;

namespace HareMQ.Storage.Tests;

/// <summary>
/// A disk that can be full, fail at any call, and lose its power: whatever was not synced is then kept or lost, sector by sector.
/// Names are journaled as by ext4 and xfs: a power cut loses a suffix of the changes, and a directory sync commits all before it.
/// After a failed sync the pages count as clean, as in Linux: a later sync that succeeds does not bring them to the disk.
/// </summary>
internal sealed class MemoryFileSystem : IFileSystem
{
    private const int SectorBytes = 512;

    private readonly Lock _lock = new();
    private readonly Names _names = new();
    private readonly Names _syncedNames = new();
    private readonly HashSet<string> _locks = [];
    private readonly List<(string Path, Action<Names> Apply)> _unsyncedNames = [];

    /// <summary>So many writes succeed, the ones after find the disk full. Null = no limit.</summary>
    public int? WritesLeft { get; set; }

    /// <summary>The failing write leaves so many of its bytes behind.</summary>
    public int TornWriteBytes { get; set; }

    public bool FailSyncs { get; set; }

    /// <summary>Called by every sync of a file, before it happens, outside of all locks.</summary>
    public Action? OnSync { get; set; }

    /// <summary>Asked before every call what is to become of it. May take a copy of the disk as it is at that moment.</summary>
    public Func<DiskCall, string, DiskFault>? OnCall { get; set; }

    /// <summary>There is a call that syncs the whole file system.</summary>
    public bool HasWholeSync { get; set; } = true;

    public int FileSyncs;
    public int DirectorySyncs;
    public int WholeSyncs;

    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (_lock) return [.. _names.Files.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public byte[] this[string path]
    {
        get
        {
            lock (_lock) return [.. _names.Files[path].Content];
        }
        set
        {
            lock (_lock) _names.Files[path] = new Node(path) { Content = [.. value], Synced = [.. value] };
        }
    }

    /// <summary>What another process finds after this one was killed: everything written.</summary>
    public MemoryFileSystem AfterKill() => Copy((_, node) => [.. node.Content], namesKept: int.MaxValue);

    /// <summary>What is found after a power cut.</summary>
    /// <param name="random">Decides what is lost.</param>
    /// <param name="keep">Chance of a sector that was not synced.</param>
    public MemoryFileSystem AfterPowerCut(Random random, double keep) =>
        Copy((_, node) => Survivors(node, random, keep), random.Next(_unsyncedNames.Count + 1));

    public IFile Create(string path, long bytes)
    {
        lock (_lock)
        {
            Call(DiskCall.Create, path);
            TakeWrite();
            if (_names.Files.ContainsKey(path)) throw new IOException($"{path} exists.");
            if (!_names.Directories.Contains(Path.GetDirectoryName(path)!)) throw new DirectoryNotFoundException(path);
            var node = new Node(path) { Content = [.. new byte[bytes]], Synced = [.. new byte[bytes]] };
            ChangeName(path, names => names.Files[path] = node);
            return new MemoryFile(this, node);
        }
    }

    public IFile Open(string path)
    {
        lock (_lock)
        {
            Call(DiskCall.Open, path);
            return new MemoryFile(this, _names.Files.TryGetValue(path, out var node) ? node : throw new FileNotFoundException(path));
        }
    }

    public bool FileExists(string path)
    {
        lock (_lock) return _names.Files.ContainsKey(path);
    }

    public bool DirectoryExists(string path)
    {
        lock (_lock) return _names.Directories.Contains(path);
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            Call(DiskCall.Rename, from);
            if (!_names.Files.ContainsKey(from)) throw new FileNotFoundException(from);
            ChangeName(to, names =>
            {
                if (names.Files.Remove(from, out var node)) names.Files[to] = node;
            });
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            Call(DiskCall.Delete, path);
            if (_names.Files.ContainsKey(path)) ChangeName(path, names => names.Files.Remove(path));
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_lock)
        {
            Call(DiskCall.CreateDirectory, path);
            var missing = new Stack<string>();
            for (var at = path; !string.IsNullOrEmpty(at) && !_names.Directories.Contains(at); at = Path.GetDirectoryName(at)) missing.Push(at);
            foreach (var directory in missing) ChangeName(directory, names => names.Directories.Add(directory));
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            Call(DiskCall.DeleteDirectory, path);
            var inside = path + Path.DirectorySeparatorChar;
            foreach (var file in _names.Files.Keys.Where(file => file.StartsWith(inside, StringComparison.Ordinal)).ToList())
                ChangeName(file, names => names.Files.Remove(file));
            foreach (var directory in _names.Directories.Where(at => at == path || at.StartsWith(inside, StringComparison.Ordinal)).ToList())
                ChangeName(directory, names => names.Directories.Remove(directory));
        }
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        lock (_lock)
        {
            Call(DiskCall.List, directory);
            var files = _names.Files.Keys.Where(path => Path.GetDirectoryName(path) == directory);
            return [.. files.Select(path => Path.GetFileName(path))];
        }
    }

    public IReadOnlyList<string> ListDirectories(string directory)
    {
        lock (_lock)
        {
            Call(DiskCall.List, directory);
            var children = _names.Directories.Where(path => Path.GetDirectoryName(path) == directory);
            return [.. children.Select(path => Path.GetFileName(path))];
        }
    }

    public void SyncDirectory(string path)
    {
        lock (_lock)
        {
            Call(DiskCall.SyncDirectory, path);
            DirectorySyncs++;
            SyncNames(_unsyncedNames.FindLastIndex(change => Path.GetDirectoryName(change.Path) == path) + 1);
        }
    }

    public bool TrySyncAll(string directory)
    {
        if (!HasWholeSync) return false;
        OnSync?.Invoke();
        lock (_lock)
        {
            WholeSyncs++;
            if (Fails(DiskCall.SyncAll, directory))
            {
                foreach (var node in _names.Files.Values) node.LosePages();
                throw new IOException("Input/output error");
            }
            foreach (var node in _names.Files.Values) node.Sync();
            SyncNames(_unsyncedNames.Count);
            return true;
        }
    }

    public IDisposable? TryLock(string path, string content, out string heldBy)
    {
        lock (_lock)
        {
            heldBy = content;
            return _locks.Add(path) ? new Held(this, path) : null;
        }
    }

    private static byte[] Survivors(Node node, Random random, double keep)
    {
        var content = node.Synced.ToList();
        foreach (var (offset, bytes) in node.Unsynced)
        {
            if (bytes is null)
            {
                if (random.NextDouble() < keep) CollectionsMarshal.SetCount(content, (int)offset);
                continue;
            }
            for (var at = 0; at < bytes.Length;)
            {
                var piece = (int)Math.Min(bytes.Length - at, SectorBytes - (offset + at) % SectorBytes);
                if (random.NextDouble() < keep) Node.Put(content, offset + at, bytes.AsSpan(at, piece));
                at += piece;
            }
        }
        return [.. content];
    }

    private MemoryFileSystem Copy(Func<string, Node, byte[]> content, int namesKept)
    {
        lock (_lock)
        {
            var names = new Names(_syncedNames);
            foreach (var (_, apply) in _unsyncedNames.Take(namesKept)) apply(names);
            var copy = new MemoryFileSystem { HasWholeSync = HasWholeSync };
            copy._names.Directories.UnionWith(names.Directories);
            foreach (var (path, node) in names.Files) copy[path] = content(path, node);
            copy._syncedNames.Take(copy._names);
            return copy;
        }
    }

    private void ChangeName(string path, Action<Names> apply)
    {
        apply(_names);
        _unsyncedNames.Add((path, apply));
    }

    private void SyncNames(int count)
    {
        foreach (var (_, apply) in _unsyncedNames.Take(count)) apply(_syncedNames);
        _unsyncedNames.RemoveRange(0, count);
    }

    private void Call(DiskCall call, string path)
    {
        switch (OnCall?.Invoke(call, path))
        {
            case DiskFault.Full: throw new IOException($"No space left on device : '{path}'");
            case DiskFault.Error: throw new IOException($"Input/output error : '{path}'");
        }
    }

    private bool Fails(DiskCall call, string path) => OnCall?.Invoke(call, path) is not (null or DiskFault.None) || FailSyncs;

    private void TakeWrite()
    {
        if (WritesLeft is not { } left) return;
        if (left == 0) throw new IOException("No space left on device");
        WritesLeft = left - 1;
    }

    private sealed class Held(MemoryFileSystem files, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (files._lock) files._locks.Remove(path);
        }
    }

    private sealed class Names
    {
        public readonly Dictionary<string, Node> Files = [];
        public readonly HashSet<string> Directories = [];

        public Names()
        {
        }

        public Names(Names other) => Take(other);

        public void Take(Names other)
        {
            foreach (var (path, node) in other.Files) Files[path] = node;
            Directories.UnionWith(other.Directories);
        }
    }

    private sealed class Node(string path)
    {
        public readonly string Path = path;
        public List<byte> Content = [];
        public List<byte> Synced = [];

        // Without bytes: the file got that length.
        public List<(long Offset, byte[]? Bytes)> Unsynced = [];

        public void Sync()
        {
            foreach (var (offset, bytes) in Unsynced)
            {
                if (bytes is null) CollectionsMarshal.SetCount(Synced, (int)offset);
                else Put(Synced, offset, bytes);
            }
            Unsynced.Clear();
        }

        /// <summary>They could not be written, and nobody will try again.</summary>
        public void LosePages() => Unsynced.Clear();

        public static void Put(List<byte> content, long offset, ReadOnlySpan<byte> bytes)
        {
            if (content.Count < offset + bytes.Length)
                CollectionsMarshal.SetCount(content, (int)offset + bytes.Length);
            bytes.CopyTo(CollectionsMarshal.AsSpan(content)[(int)offset..]);
        }
    }

    private sealed class MemoryFile(MemoryFileSystem files, Node node) : IFile
    {
        private bool _disposed;

        public long Length
        {
            get
            {
                lock (files._lock) return node.Content.Count;
            }
        }

        public int Read(Span<byte> buffer, long offset)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            lock (files._lock)
            {
                files.Call(DiskCall.Read, node.Path);
                var count = (int)Math.Clamp(node.Content.Count - offset, 0, buffer.Length);
                CollectionsMarshal.AsSpan(node.Content).Slice((int)Math.Min(offset, node.Content.Count), count).CopyTo(buffer);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            lock (files._lock)
            {
                try
                {
                    files.Call(DiskCall.Write, node.Path);
                    files.TakeWrite();
                }
                catch (IOException)
                {
                    Put(bytes[..Math.Min(files.TornWriteBytes, bytes.Length)], offset);
                    throw;
                }
                Put(bytes, offset);
            }
        }

        public void WriteGather(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset) => Write([.. first, .. second], offset);

        public void SetLength(long bytes)
        {
            lock (files._lock)
            {
                files.Call(DiskCall.SetLength, node.Path);
                CollectionsMarshal.SetCount(node.Content, (int)bytes);
                node.Unsynced.Add((bytes, null));
            }
        }

        public void Sync()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            files.OnSync?.Invoke();
            lock (files._lock)
            {
                files.FileSyncs++;
                if (files.Fails(DiskCall.Sync, node.Path))
                {
                    node.LosePages();
                    throw new IOException("Input/output error");
                }
                node.Sync();
            }
        }

        public void Dispose() => _disposed = true;

        private void Put(ReadOnlySpan<byte> bytes, long offset)
        {
            if (bytes.IsEmpty) return;
            Node.Put(node.Content, offset, bytes);
            node.Unsynced.Add((offset, bytes.ToArray()));
        }
    }
}

internal enum DiskCall
{
    Create,
    Open,
    Read,
    Write,
    SetLength,
    Sync,
    SyncDirectory,
    SyncAll,
    Rename,
    Delete,
    List,
    CreateDirectory,
    DeleteDirectory,
}

internal enum DiskFault
{
    None,

    /// <summary>ENOSPC.</summary>
    Full,

    /// <summary>EIO.</summary>
    Error,
}
