using System.Text;

namespace HareMQ.Storage.Tests;

/// <summary>Short hands for a store in memory and for messages whose body is their name.</summary>
internal static class StoreFixture
{
    public const string DataDirectory = "/data";

    public static StoreOptions Options(
        int first = 4096,
        int max = 4096,
        int recycled = 4,
        Durability durability = Durability.Fsync) => new()
        {
            DataDirectory = DataDirectory,
            FirstSegmentBytes = first,
            MaxSegmentBytes = max,
            RecycledSegmentsMax = recycled,
            Durability = durability,
        };

    public static MessageStore Open(IFileSystem files, StoreOptions? options = null, LogCollector? log = null) =>
        MessageStore.Open(options ?? Options(), log, files);

    public static string LogDirectory(ulong id) => $"{DataDirectory}/queues/{id:x16}";

    public static List<string> SegmentPaths(MemoryFileSystem files, ulong id = 1) => Paths(files, id, SegmentName.SegmentSuffix);

    public static List<string> AckPaths(MemoryFileSystem files, ulong id = 1) => Paths(files, id, SegmentName.AckSuffix);

    public static RecordRange Add(RecordBatch batch, string body, bool persistent = true)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        bytes.CopyTo(batch.Begin("ex"u8, "key"u8, "p"u8, bytes.Length, persistent ? RecordFlags.Persistent : RecordFlags.None, 0, 1, 0));
        return batch.End();
    }

    /// <summary>Appends the bodies as one batch; returns each record's place and size.</summary>
    public static List<(LogPosition Position, int Bytes)> Append(SegmentLog log, params string[] bodies)
    {
        var batch = RecordBatch.Rent();
        var ranges = bodies.Select(body => Add(batch, body)).ToArray();
        LogPosition position;
        try
        {
            position = log.Append(batch, ranges);
        }
        finally
        {
            batch.Release();
        }
        var placed = new List<(LogPosition, int)>();
        foreach (var range in ranges)
        {
            placed.Add((position, range.Bytes));
            position = position with { Offset = position.Offset + (uint)range.Bytes };
        }
        return placed;
    }

    /// <summary>Everything from the cursor on, in order; not acknowledged.</summary>
    public static List<string> ReadAll(SegmentLog log)
    {
        var bodies = new List<string>();
        while (log.TryPeek(out var record, out _))
        {
            bodies.Add(Encoding.UTF8.GetString(record.Body));
            log.Advance();
        }
        return bodies;
    }

    /// <summary>Opens a copy of the disk, reads one log to its end and closes everything.</summary>
    public static List<string> Recover(MemoryFileSystem files, StoreOptions? options = null, LogCollector? logger = null, ulong id = 1)
    {
        using var store = Open(files, options, logger);
        using var log = store.OpenLog(id);
        var announced = log.ReadyRecords;
        var bodies = ReadAll(log);
        Assert.True(announced >= bodies.Count, $"{announced} records were announced, {bodies.Count} came.");
        Assert.Equal(0, log.ReadyRecords);
        Assert.Equal(0, log.ReadyBodyBytes);
        return bodies;
    }

    private static List<string> Paths(MemoryFileSystem files, ulong id, string suffix) =>
    [
        .. files.Paths.Where(path => path.StartsWith(LogDirectory(id), StringComparison.Ordinal))
            .Where(path => path.EndsWith(suffix, StringComparison.Ordinal)),
    ];
}
