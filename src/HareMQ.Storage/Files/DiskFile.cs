using Microsoft.Win32.SafeHandles;

namespace HareMQ.Storage;

internal sealed class DiskFile(SafeFileHandle handle) : IFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = RandomAccess.Read(handle, buffer[filled..], offset + filled);
            if (read == 0) break;
            filled += read;
        }
        return filled;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

    public void WriteGather(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset)
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxCalls.WriteGather(handle, first, second, offset);
            return;
        }
        RandomAccess.Write(handle, first, offset);
        RandomAccess.Write(handle, second, offset + first.Length);
    }

    public void SetLength(long bytes) => RandomAccess.SetLength(handle, bytes);

    public void Sync()
    {
        if (OperatingSystem.IsLinux()) LinuxCalls.SyncData(handle);
        else RandomAccess.FlushToDisk(handle);
    }

    public void Dispose() => handle.Dispose();
}
