namespace HareMQ.Storage;

/// <summary>
/// Emptied segment files of full size, kept for the next log that needs one: their pages are warm and their blocks are allocated.
/// Any thread.
/// </summary>
internal sealed class RecyclePool(IFileSystem files, string directory, int keptMax)
{
    private readonly Lock _lock = new();
    private readonly Stack<string> _kept = new();
    private long _nextName;

    // Kept ones and those on their way in.
    private int _count;

    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>Empties the directory: nothing in it belongs to this run.</summary>
    public void Open()
    {
        files.CreateDirectory(directory);
        foreach (var name in files.ListFiles(directory)) files.Delete(Path.Combine(directory, name));
    }

    /// <summary>Moves the file here; false if the pool is full and the file is still where it was.</summary>
    public bool TryPut(string path)
    {
        string kept;
        lock (_lock)
        {
            if (_count >= keptMax) return false;
            _count++;
            kept = Path.Combine(directory, _nextName++.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
        }
        try
        {
            files.Rename(path, kept);
        }
        catch
        {
            lock (_lock) _count--;
            throw;
        }
        lock (_lock) _kept.Push(kept);
        return true;
    }

    /// <summary>A kept file that begins a new life under a new name, or null. Its old bytes are still in it.</summary>
    public IFile? TryTake(string path, ReadOnlySpan<byte> header)
    {
        string? kept;
        lock (_lock)
        {
            if (!_kept.TryPop(out kept)) return null;
            _count--;
        }
        var file = files.Open(kept);
        try
        {
            file.Write(header, 0);
            files.Rename(kept, path);
        }
        catch
        {
            file.Dispose();
            files.Delete(kept);
            throw;
        }
        return file;
    }
}
