namespace HareMQ.Storage.Tests;

public sealed class FailureTests
{
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public void What_was_deleted_does_not_come_back_once_deletions_are_synced()
    {
        var random = new Random(1);
        for (var run = 0; run < 50; run++)
        {
            var files = new MemoryFileSystem();
            MemoryFileSystem remains;
            using (var store = StoreFixture.Open(files))
            {
                using (var log = store.OpenLog(1)) StoreFixture.Append(log, "a");
                files.SyncDirectory(StoreFixture.DataDirectory + "/queues");
                store.DeleteLog(1);
                store.SyncDeletions();
                remains = files.AfterPowerCut(random, keep: 0.5);
            }

            using var next = StoreFixture.Open(remains);
            Assert.Empty(next.ListLogs());
        }
    }

    [Fact]
    public void A_full_disk_fails_the_append_and_the_log_takes_no_more_but_still_drains()
    {
        var logger = new LogCollector();
        using var store = StoreFixture.Open(_files, StoreFixture.Options(first: 1024, max: 1024, recycled: 0), logger);
        using var log = store.OpenLog(1);
        var placed = StoreFixture.Append(log, "a", "b");
        _files.WritesLeft = 0;
        Assert.Contains("No space left", Assert.Throws<StorageException>(() => StoreFixture.Append(log, new string('x', 2000))).Message);
        _files.WritesLeft = null;
        Assert.IsType<StorageException>(Assert.Throws<StorageException>(() => StoreFixture.Append(log, "c")).InnerException);

        _files.WritesLeft = 0;
        Assert.Equal(["a", "b"], StoreFixture.ReadAll(log));
        log.Acknowledge(placed[0].Position, placed[0].Bytes);
        log.EndTurn();
        Assert.Contains(logger.Entries, entry => entry.Id == 1006);
        _files.WritesLeft = null;
        log.Acknowledge(placed[1].Position, placed[1].Bytes);
        log.EndTurn();
        Assert.Equal(["a"], StoreFixture.Recover(_files.AfterKill()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(32)]
    [InlineData(50)]
    [InlineData(100)]
    public void A_write_that_fails_halfway_is_no_record(int bytesWritten)
    {
        using var store = StoreFixture.Open(_files);
        using (var log = store.OpenLog(1))
        {
            StoreFixture.Append(log, "a");
            (_files.WritesLeft, _files.TornWriteBytes) = (0, bytesWritten);
            Assert.Throws<StorageException>(() => StoreFixture.Append(log, "torn and without any other record"));
            _files.WritesLeft = null;
            Assert.Equal(["a"], StoreFixture.Recover(_files.AfterKill()));
        }
        Assert.Equal(["a"], StoreFixture.Recover(_files.AfterKill()));
    }

    [Fact]
    public void Other_logs_do_not_suffer_from_the_failure_of_one()
    {
        using var store = StoreFixture.Open(_files);
        using var failing = store.OpenLog(1);
        using var healthy = store.OpenLog(2);
        StoreFixture.Append(healthy, "a");
        _files.WritesLeft = 0;
        Assert.Throws<StorageException>(() => StoreFixture.Append(failing, "b"));
        _files.WritesLeft = null;
        StoreFixture.Append(healthy, "c");
        Assert.Equal(["a", "c"], StoreFixture.ReadAll(healthy));
    }

    [Fact]
    public void A_failed_sync_is_told_to_everyone_and_the_store_takes_nothing_more()
    {
        var logger = new LogCollector();
        using var store = StoreFixture.Open(_files, log: logger);
        using var log = store.OpenLog(1);
        using var other = store.OpenLog(2);
        StoreFixture.Append(log, "a");
        _files.FailSyncs = true;
        using var first = new Completion();
        log.RequestSync(first);
        first.Wait();
        Assert.IsType<StorageException>(first.Error);

        // The next sync would succeed and prove nothing.
        _files.FailSyncs = false;
        using var second = new Completion();
        log.RequestSync(second);
        second.Wait();
        Assert.IsType<StorageException>(second.Error);
        Assert.Throws<StorageException>(() => StoreFixture.Append(log, "b"));
        Assert.Throws<StorageException>(() => StoreFixture.Append(other, "b"));
        Assert.Throws<StorageException>(() => store.Definitions.Append("x"u8));
        Assert.Contains(logger.Entries, entry => entry.Id == 1010);
        Assert.Equal(["a"], StoreFixture.ReadAll(log));
    }

    [Fact]
    public void A_directory_that_cannot_be_read_is_an_error_of_the_store_not_of_whoever_asks()
    {
        using var store = StoreFixture.Open(_files);
        var group = store.OpenGroup(1);
        _files.OnCall = (call, _) => call == DiskCall.List ? DiskFault.Error : DiskFault.None;
        Assert.Contains("Input/output error", Assert.Throws<StorageException>(() => store.ListLogs()).Message);
        Assert.Throws<StorageException>(() => store.ListLanes());
        Assert.Throws<StorageException>(() => store.ListGroups());
        Assert.Throws<StorageException>(() => group.List());
        _files.OnCall = null;
        Assert.Equal([1UL], store.ListGroups());
    }

    [Fact]
    public void What_a_failed_sync_has_not_written_no_later_one_brings_to_the_disk()
    {
        _files.CreateDirectory("/d");
        using var file = _files.Create("/d/file", 16);
        _files.SyncDirectory("/d");
        file.Write("lost"u8, 0);
        _files.FailSyncs = true;
        Assert.Throws<IOException>(file.Sync);
        _files.FailSyncs = false;
        file.Write("kept"u8, 8);
        file.Sync();
        Assert.Equal("\0\0\0\0\0\0\0\0kept\0\0\0\0"u8.ToArray(), _files.AfterPowerCut(new Random(1), keep: 1)["/d/file"]);
    }

    [Fact]
    public void Whatever_a_power_cut_takes_nothing_confirmed_is_lost_and_nothing_is_invented()
    {
        for (var seed = 0; seed < 120; seed++) CutPower(new Random(seed), seed);
    }

    private static void CutPower(Random random, int seed)
    {
        var files = new MemoryFileSystem();
        var options = StoreFixture.Options(first: 2048, max: 2048, recycled: 2);
        using var store = StoreFixture.Open(files, options);
        var logs = Enumerable.Range(1, 3).Select(id => store.OpenLog((ulong)id)).ToList();
        var confirmed = new HashSet<string>();
        var acknowledged = new HashSet<string>();
        var published = logs.Select(_ => new List<string>()).ToList();
        var next = 0;
        for (var round = random.Next(5, 60); round > 0; round--)
        {
            var which = random.Next(logs.Count);
            // Equal sizes: old records of a recycled file lie exactly where new ones do.
            var bodies = Enumerable.Range(0, random.Next(1, 6)).Select(_ => $"{which}-{next++:d6}-{new string('x', 100)}").ToArray();
            StoreFixture.Append(logs[which], bodies);
            published[which].AddRange(bodies);
            if (random.Next(3) == 0)
            {
                using var completion = new Completion();
                logs[which].RequestSync(completion);
                completion.Wait();
                Assert.Null(completion.Error);
                confirmed.UnionWith(published[which]);
            }
            if (random.Next(2) == 0) Consume(logs[which], random, acknowledged);
        }

        var after = files.AfterPowerCut(random, keep: random.Next(3) / 2.0);
        for (var which = 0; which < logs.Count; which++)
        {
            var found = StoreFixture.Recover(after, options, id: (ulong)which + 1);
            Assert.True(published[which].Where(found.Contains).SequenceEqual(found), $"Seed {seed}: unknown, double or out of order.");
            var missing = published[which].Where(confirmed.Contains).Except(acknowledged).Except(found);
            Assert.True(!missing.Any(), $"Seed {seed}: lost {string.Join(", ", missing)}.");
        }
        foreach (var log in logs) log.Dispose();
    }

    private static void Consume(SegmentLog log, Random random, HashSet<string> acknowledged)
    {
        for (var count = random.Next(20); count > 0 && log.TryPeek(out var record, out var position); count--)
        {
            acknowledged.Add(System.Text.Encoding.UTF8.GetString(record.Body));
            var bytes = record.RecordBytes;
            log.Advance();
            log.Acknowledge(position, bytes);
        }
        log.EndTurn();
    }
}
