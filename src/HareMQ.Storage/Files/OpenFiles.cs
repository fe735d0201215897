namespace HareMQ.Storage;

/// <summary>
/// The open handles of one store, kept within a budget: whoever opens a file over it closes one that has not been used for long
/// (a clock, so that using a file costs no lock). Files in use and files with unsynced data stay open, so the budget may be exceeded
/// for a moment; a sync is asked for the latter.
/// </summary>
internal sealed class OpenFiles(IFileSystem files, int openMax) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<StoreFile> _open = [];
    private int _hand;

    public int Count
    {
        get
        {
            lock (_lock) return _open.Count;
        }
    }

    /// <summary>Asks for the sync of a file that cannot be closed before; set once, at start-up.</summary>
    public Action<StoreFile>? SyncSoon { get; set; }

    public IFile Open(string path) => files.Open(path);

    public void Add(StoreFile file)
    {
        lock (_lock)
        {
            if (file.OpenIndex < 0)
            {
                file.OpenIndex = _open.Count;
                _open.Add(file);
            }
        }
        Trim();
    }

    public void Remove(StoreFile file)
    {
        lock (_lock)
        {
            if (file.OpenIndex < 0) return;
            var last = _open[^1];
            _open[file.OpenIndex] = last;
            last.OpenIndex = file.OpenIndex;
            _open.RemoveAt(_open.Count - 1);
            file.OpenIndex = -1;
        }
    }

    /// <summary>Closes what is over the budget, as far as possible.</summary>
    public void Trim()
    {
        while (TryChoose(out var idle, out var dirty))
        {
            if (idle is null)
            {
                if (dirty is not null) SyncSoon?.Invoke(dirty);
                return;
            }
            // Not closed: somebody began to use it this moment. Then another one is chosen, or none is left.
            idle.TryClose();
        }
    }

    public void Dispose()
    {
        StoreFile[] left;
        lock (_lock) left = [.. _open];
        foreach (var file in left) file.Retire();
    }

    /// <summary>False while within the budget.</summary>
    private bool TryChoose(out StoreFile? idle, out StoreFile? dirty)
    {
        idle = dirty = null;
        lock (_lock)
        {
            if (_open.Count <= openMax) return false;
            // Twice around: the first round may only take the marks of use away.
            for (var looked = 0; looked < 2 * _open.Count && idle is null; looked++)
            {
                _hand = _hand + 1 < _open.Count ? _hand + 1 : 0;
                var file = _open[_hand];
                if (file.IsInUse) continue;
                if (file.IsDirty) dirty ??= file;
                else if (file.Referenced) file.Referenced = false;
                else idle = file;
            }
            return true;
        }
    }
}
