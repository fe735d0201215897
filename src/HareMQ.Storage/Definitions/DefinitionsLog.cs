using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace HareMQ.Storage;

/// <summary>
/// The append-only log of virtual hosts, users, exchanges, queues and whatever else is defined; what a record says is the broker's
/// business. Compacted by writing a new file and renaming it. Any thread.
/// </summary>
internal sealed class DefinitionsLog
{
    private const string FileName = "definitions.log";
    private const string NewFileName = "definitions.new";
    private const int CopyBufferBytes = 64 << 10;

    private readonly IFileSystem _files;
    private readonly OpenFiles _openFiles;
    private readonly BufferPool _buffers;
    private readonly SyncLoop _sync;
    private readonly ILogger _logger;
    private readonly string _directory;
    private readonly string _path;
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private StoreFile _file;
    private uint _stamp;
    private int _recordCount;
    private long _end;

    /// <exception cref="StorageException">The file exists and cannot be read.</exception>
    public DefinitionsLog(string directory, IFileSystem files, OpenFiles openFiles, BufferPool buffers, SyncLoop sync, ILogger logger)
    {
        _files = files;
        _openFiles = openFiles;
        _buffers = buffers;
        _sync = sync;
        _logger = logger;
        _directory = directory;
        _path = Path.Combine(directory, FileName);
        _file = new StoreFile(openFiles, _path, directory);
        files.Delete(Path.Combine(directory, NewFileName));
        if (files.FileExists(_path)) Recover();
        else Rewrite([]);
    }

    /// <summary>Of a store that is not open.</summary>
    public static void Delete(IFileSystem files, string directory)
    {
        files.Delete(Path.Combine(directory, NewFileName));
        files.Delete(Path.Combine(directory, FileName));
    }

    public int RecordCount
    {
        get
        {
            lock (_lock) return _recordCount;
        }
    }

    /// <summary>What the file held when it was opened was not all readable: things may have been defined of which nobody knows.</summary>
    public bool HadDamage { get; private set; }

    /// <summary>Size of the file.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _end;
        }
    }

    /// <summary>Written, not yet synced: see <see cref="RequestSync"/>.</summary>
    /// <exception cref="StorageException">Nothing was appended.</exception>
    public void Append(ReadOnlySpan<byte> content)
    {
        _sync.ThrowIfFailed();
        Span<byte> header = stackalloc byte[DefinitionsFormat.RecordHeaderBytes];
        lock (_lock)
        {
            DefinitionsFormat.WriteRecordHeader(header, content, _stamp);
            try
            {
                using var lease = _file.Lease();
                if (_sync.SyncsFiles) _file.MarkDirty();
                lease.File.WriteGather(header, content, _end);
            }
            catch (Exception error) when (StorageException.IsInputOutput(error))
            {
                // The next append overwrites what may be there.
                throw new StorageException($"{_path} could not be written: {error.Message}", error);
            }
            _end += header.Length + content.Length;
            _recordCount++;
        }
    }

    /// <summary>Completes once everything appended so far is on stable storage.</summary>
    public void RequestSync(ISyncCompletion completion)
    {
        lock (_lock) _sync.Request(_file, completion);
    }

    /// <summary>Every intact record, oldest first, as of now.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> ReadAll()
    {
        byte[] content;
        uint stamp;
        lock (_lock)
        {
            content = ReadFile()[..(int)_end];
            stamp = _stamp;
        }
        var at = DefinitionsFormat.HeaderBytes;
        while (TryFindRecord(content, stamp, ref at, out var bytes))
        {
            yield return content.AsMemory(at + DefinitionsFormat.RecordHeaderBytes, bytes);
            at += DefinitionsFormat.RecordHeaderBytes + bytes;
        }
    }

    /// <summary>Replaces all records, at once and durably: after a crash there are the old ones or the new ones.</summary>
    /// <exception cref="StorageException">The old ones are still in force.</exception>
    public void Rewrite(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        _sync.ThrowIfFailed();
        var newPath = Path.Combine(_directory, NewFileName);
        lock (_lock)
        {
            try
            {
                var stamp = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(sizeof(uint)));
                _files.Delete(newPath);
                var written = WriteNew(newPath, stamp, records, out var count);
                _files.Rename(newPath, _path);
                _files.SyncDirectory(_directory);
                _file.Retire();
                _file = new StoreFile(_openFiles, _path, _directory);
                (_stamp, _recordCount, _end) = (stamp, count, written);
            }
            catch (Exception error) when (StorageException.IsInputOutput(error))
            {
                throw new StorageException($"{_path} could not be rewritten: {error.Message}", error);
            }
        }
    }

    private long WriteNew(string path, uint stamp, IEnumerable<ReadOnlyMemory<byte>> records, out int count)
    {
        count = 0;
        using var file = _files.Create(path, 0);
        var buffer = _buffers.Rent(CopyBufferBytes);
        try
        {
            DefinitionsFormat.WriteHeader(buffer, stamp);
            var filled = DefinitionsFormat.HeaderBytes;
            long written = 0;
            foreach (var record in records)
            {
                count++;
                if (buffer.Length - filled < DefinitionsFormat.RecordHeaderBytes + record.Length) Flush();
                DefinitionsFormat.WriteRecordHeader(buffer.AsSpan(filled), record.Span, stamp);
                filled += DefinitionsFormat.RecordHeaderBytes;
                if (buffer.Length - filled >= record.Length)
                {
                    record.Span.CopyTo(buffer.AsSpan(filled));
                    filled += record.Length;
                    continue;
                }
                Flush();
                file.Write(record.Span, written);
                written += record.Length;
            }
            Flush();
            file.Sync();
            return written;

            void Flush()
            {
                file.Write(buffer.AsSpan(0, filled), written);
                written += filled;
                filled = 0;
            }
        }
        finally
        {
            _buffers.Return(buffer);
        }
    }

    private void Recover()
    {
        var content = ReadFile();
        if (DefinitionsFormat.TryReadHeader(content, out var version, out _stamp))
        {
            if (version > DefinitionsFormat.Version)
                throw new StorageException($"{_path} was written by a newer version (format {version}).");
        }
        else if (DefinitionsFormat.TryReadFirstStamp(content, out _stamp))
        {
            StorageLog.DefinitionsDropped(_logger, _path, 0, DefinitionsFormat.HeaderBytes, "the header is damaged");
        }
        else
        {
            // Starting without users and queues would look like a working broker that has lost everything.
            throw new StorageException(
                $"{_path} is no definitions file, or its start is damaged. Restore it, or remove it to start empty.");
        }

        var at = DefinitionsFormat.HeaderBytes;
        var end = at;
        while (TryFindRecord(content, _stamp, ref at, out var bytes))
        {
            if (at > end)
            {
                HadDamage = true;
                StorageLog.DefinitionsDropped(_logger, _path, end, at - end, "no intact record");
            }

            at += DefinitionsFormat.RecordHeaderBytes + bytes;
            end = at;
            _recordCount++;
        }
        _end = end;
        if (end == content.Length) return;
        HadDamage = true;
        StorageLog.DefinitionsDropped(_logger, _path, end, content.Length - end, "the end is torn");
        using var lease = _file.Lease();
        lease.File.SetLength(end);
    }

    private byte[] ReadFile()
    {
        try
        {
            using var lease = _file.Lease();
            var content = new byte[lease.File.Length];
            if (lease.File.Read(content, 0) != content.Length) throw new IOException("The file became shorter.");
            return content;
        }
        catch (Exception error) when (StorageException.IsInputOutput(error))
        {
            throw new StorageException($"{_path} could not be read: {error.Message}", error);
        }
    }

    /// <summary>The first intact record from there on; false if there is none.</summary>
    private static bool TryFindRecord(byte[] file, uint stamp, ref int at, out int contentBytes)
    {
        contentBytes = 0;
        Span<byte> pattern = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(pattern, stamp);
        while (at + DefinitionsFormat.RecordHeaderBytes <= file.Length)
        {
            if (DefinitionsFormat.TryReadRecord(file.AsSpan(at), stamp, out contentBytes)) return true;
            var next = file.AsSpan(at + 1 + DefinitionsFormat.StampAt).IndexOf(pattern);
            if (next < 0) return false;
            at += 1 + next;
        }
        return false;
    }
}
