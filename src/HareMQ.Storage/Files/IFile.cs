namespace HareMQ.Storage;

/// <summary>An open file. Reads and writes name their place; failures are <see cref="IOException"/>.</summary>
internal interface IFile : IDisposable
{
    long Length { get; }

    /// <summary>Fills the buffer or reads up to the file's end; returns how many bytes.</summary>
    int Read(Span<byte> buffer, long offset);

    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Writes one after the other with one system call, where there is one.</summary>
    void WriteGather(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset);

    void SetLength(long bytes);

    /// <summary>Returns once the file's content is on stable storage. The name is another matter: <see cref="IFileSystem.SyncDirectory"/>.</summary>
    void Sync();
}
