using Microsoft.Extensions.Logging;

namespace HareMQ.Storage;

/// <summary>Ids 1xxx; never reused.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(1001, LogLevel.Warning, "{Log}: dropped {Bytes} bytes at {Segment}:{Offset}: {Reason}")]
    public static partial void RangeDropped(ILogger logger, string log, uint segment, long offset, long bytes, string reason);

    [LoggerMessage(1002, LogLevel.Warning, "{Log}: the header of segment {Segment} is unreadable; kept {Records} records of it")]
    public static partial void HeaderUnreadable(ILogger logger, string log, uint segment, long records);

    [LoggerMessage(1003, LogLevel.Warning, "{Log}: set {File} aside as {Aside}")]
    public static partial void SetAside(ILogger logger, string log, string file, string aside);

    [LoggerMessage(1004, LogLevel.Information, "{Log}: segment {Segment} was not closed; kept {Records} records, ended at {Offset}")]
    public static partial void TailRecovered(ILogger logger, string log, uint segment, long records, long offset);

    [LoggerMessage(1005, LogLevel.Warning, "{Log}: {Bytes} bytes of acknowledgements of segment {Segment} are unreadable")]
    public static partial void AcknowledgementsDropped(ILogger logger, string log, uint segment, long bytes);

    [LoggerMessage(1006, LogLevel.Warning, "{Log}: acknowledgements could not be written; after a crash some would be redelivered")]
    public static partial void AcknowledgementsNotWritten(ILogger logger, Exception error, string log);

    [LoggerMessage(1007, LogLevel.Warning, "{Log}: the emptied segment {Segment} could not be removed")]
    public static partial void SegmentNotRemoved(ILogger logger, Exception error, string log, uint segment);

    [LoggerMessage(1008, LogLevel.Warning, "{Log}: could not be closed cleanly; it will be scanned when it is opened again")]
    public static partial void NotClosedCleanly(ILogger logger, Exception error, string log);

    [LoggerMessage(1010, LogLevel.Critical, "A sync of {DataDirectory} failed; the store takes nothing more")]
    public static partial void SyncFailed(ILogger logger, Exception error, string dataDirectory);

    [LoggerMessage(1011, LogLevel.Error, "A sync completion threw")]
    public static partial void CompletionThrew(ILogger logger, Exception error);

    [LoggerMessage(1020, LogLevel.Warning, "{File}: dropped {Bytes} bytes at {Offset}: {Reason}")]
    public static partial void DefinitionsDropped(ILogger logger, string file, long offset, long bytes, string reason);

    [LoggerMessage(1030, LogLevel.Information, "Store {DataDirectory} opened: format {Format}, {Durability}, {Records} definitions")]
    public static partial void StoreOpened(ILogger logger, string dataDirectory, int format, Durability durability, int records);

    [LoggerMessage(1031, LogLevel.Warning, "Store {DataDirectory} erased")]
    public static partial void StoreErased(ILogger logger, string dataDirectory);
}
