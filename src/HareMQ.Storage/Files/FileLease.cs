namespace HareMQ.Storage;

/// <summary>The right to use a file that may otherwise be closed to stay within the budget of open handles.</summary>
internal readonly ref struct FileLease(StoreFile owner, IFile file)
{
    public IFile File => file;

    public void Dispose() => owner.Release();
}
