namespace HareMQ.Storage;

/// <summary>A file of the store that is opened when it is needed and may be closed when it is not.</summary>
/// <remarks>
/// Used by its owner, by the sync loop and by whoever looks for a handle to close. <c>_leases</c> arbitrates:
/// n > 0 = open and in use n times, 0 = open and idle, -1 = closed.
/// </remarks>
internal sealed class StoreFile(OpenFiles openFiles, string path, string directory)
{
    private const int Closed = -1;

    private readonly Lock _opening = new();
    private IFile? _file;
    private int _leases = Closed;
    private volatile bool _retired;
    private volatile bool _dirty;
    private int _unsyncedName;

    public string Path { get; } = path;

    public string Directory { get; } = directory;

    /// <summary>Holds data that a sync was or will be asked for; such a handle is not closed before.</summary>
    public bool IsDirty => _dirty;

    public bool IsRetired => _retired;

    public bool IsInUse => Volatile.Read(ref _leases) > 0;

    /// <summary>Guarded by the sync loop's lock.</summary>
    internal bool AwaitsSync { get; set; }

    /// <summary>Place in the list of open files, -1 = none. Guarded by that list's lock.</summary>
    internal int OpenIndex { get; set; } = -1;

    /// <summary>Used since the hand of the clock last came by.</summary>
    internal bool Referenced { get; set; }

    public FileLease Lease() =>
        TryLease(out var lease) ? lease : throw new IOException($"The file {Path} has been given up.");

    /// <summary>False if the file was retired.</summary>
    public bool TryLease(out FileLease lease)
    {
        if (!TryEnter() && !TryOpen())
        {
            lease = default;
            return false;
        }
        Referenced = true;
        lease = new FileLease(this, _file!);
        return true;
    }

    public void MarkDirty() => _dirty = true;

    /// <summary>To be called under a lease, before the sync: what is written from then on makes it dirty again.</summary>
    public void MarkClean() => _dirty = false;

    public void MarkNewName(bool newDirectory) =>
        Interlocked.Exchange(ref _unsyncedName, newDirectory ? (int)NameChange.FileAndDirectory : (int)NameChange.File);

    public NameChange TakeNewName() => (NameChange)Interlocked.Exchange(ref _unsyncedName, (int)NameChange.None);

    /// <summary>Takes over a handle that was opened elsewhere.</summary>
    public void Adopt(IFile file)
    {
        _file = file;
        Volatile.Write(ref _leases, 1);
        openFiles.Add(this);
        Release();
    }

    /// <summary>Closes for good, now or when the last lease ends. The file on disk is the caller's business.</summary>
    public void Retire()
    {
        _retired = true;
        TryClose();
    }

    /// <summary>Closes if nobody uses it.</summary>
    public bool TryClose()
    {
        lock (_opening)
        {
            if (Interlocked.CompareExchange(ref _leases, Closed, 0) != 0) return false;
            openFiles.Remove(this);
            _file?.Dispose();
            _file = null;
        }
        return true;
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0 && _retired) TryClose();
    }

    private bool TryEnter()
    {
        var leases = Volatile.Read(ref _leases);
        while (leases != Closed)
        {
            var seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases) return true;
            leases = seen;
        }
        return false;
    }

    private bool TryOpen()
    {
        lock (_opening)
        {
            if (TryEnter()) return true;
            if (_retired) return false;
            _file = openFiles.Open(Path);
            Volatile.Write(ref _leases, 1);
        }
        openFiles.Add(this);
        return true;
    }
}

internal enum NameChange
{
    None,
    File,
    FileAndDirectory,
}
