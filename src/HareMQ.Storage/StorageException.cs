namespace HareMQ.Storage;

/// <summary>The store cannot do what it was asked for: an I/O error, a full disk, an unreadable file.</summary>
internal class StorageException : Exception
{
    public StorageException(string message)
        : base(message)
    {
    }

    public StorageException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>What file systems throw.</summary>
    public static bool IsInputOutput(Exception error) => error is IOException or UnauthorizedAccessException;
}

/// <summary>Another process uses the data directory.</summary>
internal sealed class StoreLockedException(string dataDirectory, string holder)
    : StorageException($"The data directory {dataDirectory} is in use by process {holder}.");

/// <summary>One record cannot be read any more; its neighbours can. It still wants to be acknowledged.</summary>
internal sealed class RecordDamagedException(LogPosition position, string log)
    : StorageException($"The record at {position} of {log} is damaged.");
