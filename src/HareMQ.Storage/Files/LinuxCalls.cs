using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace HareMQ.Storage;

/// <summary>System calls that the framework does not offer: a vectored write without allocation, syncs of three reaches, and flock.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LinuxCalls
{
    private const int Interrupted = 4;
    private const int NoSuchFile = 2;
    private const int WouldBlock = 11;
    private const int OpenReadOnlyCloseOnExec = 0x80000;
    private const int LockExclusiveNonBlocking = 2 | 4;

    public static void WriteGather(SafeFileHandle file, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long offset)
    {
        fixed (byte* firstStart = first, secondStart = second)
        {
            var pieces = stackalloc IoVector[2];
            nuint written = 0, total = (nuint)first.Length + (nuint)second.Length;
            while (written < total)
            {
                var fromFirst = Math.Min(written, (nuint)first.Length);
                var fromSecond = written - fromFirst;
                pieces[0] = new IoVector { Start = firstStart + fromFirst, Bytes = (nuint)first.Length - fromFirst };
                pieces[1] = new IoVector { Start = secondStart + fromSecond, Bytes = (nuint)second.Length - fromSecond };
                var result = PositionedWriteVector(file, pieces, 2, offset + (long)written);
                if (result > 0) written += (nuint)result;
                else if (result == 0) throw new IOException("A write to a file made no progress.");
                else ThrowUnlessInterrupted("write");
            }
        }
    }

    public static void SyncData(SafeFileHandle file)
    {
        while (FileDataSync(file) != 0) ThrowUnlessInterrupted("fdatasync");
    }

    public static void SyncDirectory(string path)
    {
        using var directory = OpenDirectory(path);
        if (directory is null) return;
        while (FileSync(directory) != 0) ThrowUnlessInterrupted("fsync");
    }

    public static void SyncFileSystem(string path)
    {
        using var directory = OpenDirectory(path) ?? throw new DirectoryNotFoundException($"There is no directory {path}.");
        while (FileSystemSync(directory) != 0) ThrowUnlessInterrupted("syncfs");
    }

    public static bool TryLock(SafeFileHandle file)
    {
        while (FileLock(file, LockExclusiveNonBlocking) != 0)
        {
            if (Marshal.GetLastPInvokeError() == WouldBlock) return false;
            ThrowUnlessInterrupted("flock");
        }
        return true;
    }

    private static SafeFileHandle? OpenDirectory(string path)
    {
        while (true)
        {
            var descriptor = Open(path, OpenReadOnlyCloseOnExec);
            if (descriptor >= 0) return new SafeFileHandle(descriptor, ownsHandle: true);
            if (Marshal.GetLastPInvokeError() == NoSuchFile) return null;
            ThrowUnlessInterrupted("open");
        }
    }

    private static void ThrowUnlessInterrupted(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error != Interrupted) throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    private struct IoVector
    {
        public byte* Start;
        public nuint Bytes;
    }

    [LibraryImport("libc", EntryPoint = "pwritev", SetLastError = true)]
    private static partial nint PositionedWriteVector(SafeFileHandle file, IoVector* pieces, int count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FileDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int FileSystemSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
