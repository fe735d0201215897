using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Storage;

/// <summary>One data directory: its lock, its definitions and a log per queue. Any thread; each log belongs to its own owner.</summary>
internal sealed class MessageStore : IDisposable
{
    private const int Format = 1;
    private const string LockFile = "lock";
    private const string FormatFile = "format";
    private const string FormatPrefix = "haremq store ";
    private const string LogsDirectory = "queues";
    private const string GroupsDirectory = "groups";
    private const string RecycledDirectory = "recycled";
    private const string AsideDirectory = "set-aside";

    /// <summary>Between the 16 digits of an id and the three of a lane.</summary>
    private const string LanePrefix = "-p";

    private readonly StoreServices _services;
    private readonly IDisposable _lock;
    private readonly string _directory;
    private readonly string _logsDirectory;
    private readonly string _groupsDirectory;
    private bool _disposed;

    private MessageStore(StoreServices services, IDisposable storeLock, string directory, DefinitionsLog definitions)
    {
        _services = services;
        _lock = storeLock;
        _directory = directory;
        _logsDirectory = Path.Combine(directory, LogsDirectory);
        _groupsDirectory = Path.Combine(directory, GroupsDirectory);
        Definitions = definitions;
    }

    public DefinitionsLog Definitions { get; }

    public SyncLoop Sync => _services.Sync;

    /// <summary>Handles of logs that are open at the moment.</summary>
    public int OpenHandles => _services.OpenFiles.Count;

    /// <summary>Emptied segments that wait for reuse.</summary>
    public int RecycledSegments => _services.Recycled.Count;

    /// <summary>Read-ahead and scratch buffers in use, in bytes.</summary>
    public long BufferBytes => _services.Buffers.RentedBytes;

    /// <summary>Opens the data directory or makes it.</summary>
    /// <exception cref="StoreLockedException">Another process has it open.</exception>
    /// <exception cref="StorageException">It was written by a newer version, or cannot be read or written.</exception>
    public static MessageStore Open(
        StoreOptions options, ILogger? logger = null, IFileSystem? files = null, ISyncWorker? syncWorker = null)
    {
        options.Validate();
        logger ??= NullLogger.Instance;
        files ??= new DiskFileSystem();
        var directory = Path.GetFullPath(options.DataDirectory);
        IDisposable? held = null;
        StoreServices? services = null;
        try
        {
            files.CreateDirectory(directory);
            var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            held = files.TryLock(Path.Combine(directory, LockFile), process, out var holder);
            if (held is null) throw new StoreLockedException(directory, holder.Trim());
            CheckFormat(files, directory);

            files.CreateDirectory(Path.Combine(directory, LogsDirectory));
            files.CreateDirectory(Path.Combine(directory, GroupsDirectory));
            var recycled = new RecyclePool(files, Path.Combine(directory, RecycledDirectory), options.RecycledSegmentsMax);
            recycled.Open();
            files.SyncDirectory(directory);

            var openFiles = new OpenFiles(files, options.OpenHandlesMax);
            var sync = new SyncLoop(files, openFiles, directory, options.Durability, logger, syncWorker);
            openFiles.SyncSoon = sync.Enqueue;
            services = new StoreServices(options, files, openFiles, new BufferPool(), recycled, sync, logger);
            var definitions = new DefinitionsLog(directory, files, openFiles, services.Buffers, sync, logger);
            StorageLog.StoreOpened(logger, directory, Format, options.Durability, definitions.RecordCount);
            return new MessageStore(services, held, directory, definitions);
        }
        catch (Exception error)
        {
            if (services is not null) Close(services);
            held?.Dispose();
            if (StorageException.IsInputOutput(error))
                throw new StorageException($"The data directory {directory} could not be opened: {error.Message}", error);
            throw;
        }
    }

    /// <summary>
    /// Deletes everything that a store keeps in the directory, and nothing else that may be there. Its definitions go first: if the rest
    /// is interrupted, the next store finds logs of nobody and deletes them.
    /// </summary>
    /// <exception cref="StoreLockedException">A store is open there.</exception>
    /// <exception cref="StorageException">Some of it is still there.</exception>
    public static void Erase(string dataDirectory, ILogger logger, IFileSystem? files = null)
    {
        files ??= new DiskFileSystem();
        var directory = Path.GetFullPath(dataDirectory);
        if (!files.DirectoryExists(directory)) return;
        var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        try
        {
            using var held = files.TryLock(Path.Combine(directory, LockFile), process, out var holder)
                ?? throw new StoreLockedException(directory, holder.Trim());
            DefinitionsLog.Delete(files, directory);
            files.SyncDirectory(directory);
            foreach (var name in (string[])[LogsDirectory, GroupsDirectory, RecycledDirectory, AsideDirectory])
                files.DeleteDirectory(Path.Combine(directory, name));
            files.SyncDirectory(directory);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"The data in {directory} could not be deleted: {error.Message}", error);
        }

        StorageLog.StoreErased(logger, directory);
    }

    /// <summary>The log of that id, as it was left, or an empty one. To be disposed by its owner; never open the same one twice.</summary>
    /// <param name="id">Whose it is.</param>
    /// <param name="lane">An owner may have further logs beside the one of lane 0, each with its own directory.</param>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public SegmentLog OpenLog(ulong id, byte lane = 0)
    {
        try
        {
            return new SegmentLog(_services, PathOf(id, lane), id);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{PathOf(id, lane)} could not be opened: {error.Message}", error);
        }
    }

    /// <summary>Deletes a log that is not open; an open one deletes itself.</summary>
    /// <exception cref="StorageException">Some of it is still there.</exception>
    public void DeleteLog(ulong id, byte lane = 0)
    {
        try
        {
            _services.Files.DeleteDirectory(PathOf(id, lane));
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{PathOf(id, lane)} could not be deleted: {error.Message}", error);
        }
    }

    /// <summary>Moves a log that is not open out of the way, for those who want to look at it. Its id may be used again.</summary>
    /// <exception cref="StorageException">Some of it is still there.</exception>
    public void SetLogAside(ulong id, byte lane = 0)
    {
        var from = PathOf(id, lane);
        var to = Path.Combine(_directory, AsideDirectory, Path.GetFileName(from));
        try
        {
            MoveFiles(from, to);
            _services.Files.DeleteDirectory(from);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{from} could not be moved to {to}: {error.Message}", error);
        }

        StorageLog.SetAside(_services.Logger, Path.GetFileName(from), from, to);
    }

    /// <summary>
    /// What was deleted or set aside up to now stays so, a power cut included. An id must not be used again before: its old log might come back
    /// under the new owner's name.
    /// </summary>
    /// <exception cref="StorageException">The directories could not be synced.</exception>
    public void SyncDeletions()
    {
        try
        {
            _services.Files.SyncDirectory(_logsDirectory);
            _services.Files.SyncDirectory(_groupsDirectory);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{_directory} could not be synced: {error.Message}", error);
        }
    }

    /// <summary>The ids of all logs that are on disk, whether open or not.</summary>
    /// <exception cref="StorageException">The directory cannot be read.</exception>
    public IReadOnlyList<ulong> ListLogs()
    {
        var ids = new List<ulong>();
        foreach (var name in _services.ListDirectories(_logsDirectory))
        {
            if (name.Length != 16) continue;
            if (ulong.TryParse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)) ids.Add(id);
        }
        return ids;
    }

    /// <summary>The lanes above 0 that are on disk, whether open or not.</summary>
    /// <exception cref="StorageException">The directory cannot be read.</exception>
    public IReadOnlyList<(ulong Id, byte Lane)> ListLanes()
    {
        var lanes = new List<(ulong, byte)>();
        foreach (var name in _services.ListDirectories(_logsDirectory))
        {
            if (name.Length != 21 || !name.AsSpan(16).StartsWith(LanePrefix, StringComparison.Ordinal)) continue;
            if (ulong.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
                && byte.TryParse(name.AsSpan(18), NumberStyles.None, CultureInfo.InvariantCulture, out var lane))
                lanes.Add((id, lane));
        }
        return lanes;
    }

    /// <summary>The group of that id; made durably if it was not there, so that its logs can count on it.</summary>
    /// <exception cref="StorageException">It cannot be made.</exception>
    public LogGroup OpenGroup(ulong id)
    {
        var directory = GroupPathOf(id);
        try
        {
            if (!_services.Files.DirectoryExists(directory))
            {
                _services.Files.CreateDirectory(directory);
                if (_services.Sync.SyncsFiles) _services.Files.SyncDirectory(_groupsDirectory);
            }

            return new LogGroup(_services, directory, id);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{directory} could not be made: {error.Message}", error);
        }
    }

    /// <summary>Deletes a group of which no log is open.</summary>
    /// <exception cref="StorageException">Some of it is still there.</exception>
    public void DeleteGroup(ulong id) => new LogGroup(_services, GroupPathOf(id), id).Delete();

    /// <summary>Moves a group of which no log is open out of the way, for those who want to look at it. Its id may be used again.</summary>
    /// <exception cref="StorageException">It is still there.</exception>
    public void SetGroupAside(ulong id)
    {
        var from = GroupPathOf(id);
        var to = Path.Combine(_directory, AsideDirectory, Path.GetFileName(from));
        try
        {
            foreach (var log in _services.Files.ListDirectories(from)) MoveFiles(Path.Combine(from, log), Path.Combine(to, log));
            _services.Files.DeleteDirectory(from);
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{from} could not be moved to {to}: {error.Message}", error);
        }

        StorageLog.SetAside(_services.Logger, Path.GetFileName(from), from, to);
    }

    /// <summary>The ids of all groups that are on disk.</summary>
    /// <exception cref="StorageException">The directory cannot be read.</exception>
    public IReadOnlyList<ulong> ListGroups()
    {
        var ids = new List<ulong>();
        foreach (var name in _services.ListDirectories(_groupsDirectory))
            if (ulong.TryParse(name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)) ids.Add(id);
        return ids;
    }

    /// <summary>Whether the log has a directory: one that never took a record has none.</summary>
    public bool HasLog(ulong id, byte lane = 0) => _services.Files.DirectoryExists(PathOf(id, lane));

    /// <summary>To be called when all logs are disposed: finishes what waits for a sync, then closes every file.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Close(_services);
        _lock.Dispose();
    }

    private void MoveFiles(string from, string to)
    {
        _services.Files.CreateDirectory(to);
        // Their names hold a random generation, so an earlier log of this id is not in the way.
        foreach (var file in _services.Files.ListFiles(from)) _services.Files.Rename(Path.Combine(from, file), Path.Combine(to, file));
    }

    private string GroupPathOf(ulong id) => Path.Combine(_groupsDirectory, id.ToString("x16", CultureInfo.InvariantCulture));

    private string PathOf(ulong id, byte lane)
    {
        var name = id.ToString("x16", CultureInfo.InvariantCulture);
        return Path.Combine(_logsDirectory, lane == 0 ? name : name + LanePrefix + lane.ToString("d3", CultureInfo.InvariantCulture));
    }

    private static void Close(StoreServices services)
    {
        services.Sync.Dispose();
        services.OpenFiles.Dispose();
    }

    private static void CheckFormat(IFileSystem files, string directory)
    {
        var path = Path.Combine(directory, FormatFile);
        if (files.FileExists(path))
        {
            using var existing = files.Open(path);
            var content = new byte[Math.Min(existing.Length, 64)];
            var text = Encoding.ASCII.GetString(content, 0, existing.Read(content, 0)).Trim();
            if (!text.StartsWith(FormatPrefix, StringComparison.Ordinal)
                || !int.TryParse(text.AsSpan(FormatPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var format))
                throw new StorageException($"{path} does not name a format: '{text}'. This is no data directory of HareMQ.");
            if (format > Format)
                throw new StorageException($"{directory} was written by a newer version (format {format}); this one knows {Format}.");
            return;
        }
        var newPath = path + ".new";
        files.Delete(newPath);
        using (var file = files.Create(newPath, 0))
        {
            file.Write(Encoding.ASCII.GetBytes($"{FormatPrefix}{Format}\n"), 0);
            file.Sync();
        }
        files.Rename(newPath, path);
    }
}
