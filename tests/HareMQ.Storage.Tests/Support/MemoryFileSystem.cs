using System.Runtime.InteropServices;

namespace HareMQ.Storage.Tests;

/// <summary>
/// A disk that can be full, fail to sync, and lose its power: whatever was not synced is then kept or lost, sector by sector.
/// Names are journaled as by ext4 and xfs: a power cut loses a suffix of the changes, and a directory sync commits all before it.
/// </summary>
internal sealed class MemoryFileSystem : IFileSystem
{
    private const int SectorBytes = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Node> _files = [];
    private readonly HashSet<string> _directories = [];
    private readonly HashSet<string> _locks = [];
    private readonly List<(string Path, Action<Dictionary<string, Node>> Apply)> _unsyncedNames = [];
    private Dictionary<string, Node> _syncedFiles = [];

    /// <summary>So many writes succeed, the ones after find the disk full. Null = no limit.</summary>
    public int? WritesLeft { get; set; }

    /// <summary>The failing write leaves so many of its bytes behind.</summary>
    public int TornWriteBytes { get; set; }

    public bool FailSyncs { get; set; }

    /// <summary>Called by every sync of a file, before it happens, outside of all locks.</summary>
    public Action? OnSync { get; set; }

    public int FileSyncs;
    public int DirectorySyncs;
    public int WholeSyncs;

    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (_lock) return [.. _files.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public byte[] this[string path]
    {
        get
        {
            lock (_lock) return [.. _files[path].Content];
        }
        set
        {
            lock (_lock) _files[path] = new Node { Content = [.. value], Synced = [.. value] };
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
            TakeWrite();
            if (_files.ContainsKey(path)) throw new IOException($"{path} exists.");
            if (!_directories.Contains(Path.GetDirectoryName(path)!)) throw new DirectoryNotFoundException(path);
            var node = new Node { Content = [.. new byte[bytes]], Synced = [.. new byte[bytes]] };
            ChangeName(path, files => files[path] = node);
            return new MemoryFile(this, node);
        }
    }

    public IFile Open(string path)
    {
        lock (_lock) return new MemoryFile(this, _files.TryGetValue(path, out var node) ? node : throw new FileNotFoundException(path));
    }

    public bool FileExists(string path)
    {
        lock (_lock) return _files.ContainsKey(path);
    }

    public bool DirectoryExists(string path)
    {
        lock (_lock) return _directories.Contains(path);
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            if (!_files.ContainsKey(from)) throw new FileNotFoundException(from);
            ChangeName(to, files =>
            {
                if (files.Remove(from, out var node)) files[to] = node;
            });
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            if (_files.ContainsKey(path)) ChangeName(path, files => files.Remove(path));
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_lock)
        {
            for (var at = path; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at)) _directories.Add(at);
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            foreach (var file in _files.Keys.Where(file => Path.GetDirectoryName(file) == path).ToList()) Delete(file);
            _directories.Remove(path);
        }
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        lock (_lock) return [.. _files.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path))];
    }

    public IReadOnlyList<string> ListDirectories(string directory)
    {
        lock (_lock) return [.. _directories.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path))];
    }

    public void SyncDirectory(string path)
    {
        lock (_lock)
        {
            DirectorySyncs++;
            SyncNames(_unsyncedNames.FindLastIndex(change => Path.GetDirectoryName(change.Path) == path) + 1);
        }
    }

    public bool TrySyncAll(string directory)
    {
        OnSync?.Invoke();
        lock (_lock)
        {
            WholeSyncs++;
            if (FailSyncs) throw new IOException("Input/output error");
            foreach (var node in _files.Values) node.Sync();
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
            var names = new Dictionary<string, Node>(_syncedFiles);
            foreach (var (_, apply) in _unsyncedNames.Take(namesKept)) apply(names);
            var copy = new MemoryFileSystem();
            foreach (var directory in _directories) copy._directories.Add(directory);
            foreach (var (path, node) in names) copy[path] = content(path, node);
            copy._syncedFiles = new Dictionary<string, Node>(copy._files);
            return copy;
        }
    }

    private void ChangeName(string path, Action<Dictionary<string, Node>> apply)
    {
        apply(_files);
        _unsyncedNames.Add((path, apply));
    }

    private void SyncNames(int count)
    {
        foreach (var (_, apply) in _unsyncedNames.Take(count)) apply(_syncedFiles);
        _unsyncedNames.RemoveRange(0, count);
    }

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

    private sealed class Node
    {
        public List<byte> Content = [];
        public List<byte> Synced = [];
        public List<(long Offset, byte[] Bytes)> Unsynced = [];

        public void Sync()
        {
            foreach (var (offset, bytes) in Unsynced) Put(Synced, offset, bytes);
            Unsynced.Clear();
        }

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
                CollectionsMarshal.SetCount(node.Content, (int)bytes);
                node.Synced = [.. node.Content];
                node.Unsynced.Clear();
            }
        }

        public void Sync()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            files.OnSync?.Invoke();
            lock (files._lock)
            {
                files.FileSyncs++;
                if (files.FailSyncs) throw new IOException("Input/output error");
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
