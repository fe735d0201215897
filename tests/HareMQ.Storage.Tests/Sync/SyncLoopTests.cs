using System.Collections.Concurrent;

namespace HareMQ.Storage.Tests;

public sealed class SyncLoopTests
{
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public void What_waits_while_the_disk_is_busy_shares_the_next_sync_and_completes_in_order()
    {
        using var store = StoreFixture.Open(_files);
        using var log = store.OpenLog(1);
        using var entered = new SemaphoreSlim(0);
        using var leave = new SemaphoreSlim(0);
        StoreFixture.Append(log, "a");
        _files.OnSync = () =>
        {
            entered.Release();
            leave.Wait();
        };
        var done = new ConcurrentQueue<int>();
        log.RequestSync(new Ordered(0, done));
        entered.Wait();
        var syncsBefore = _files.FileSyncs;
        for (var i = 1; i <= 100; i++)
        {
            StoreFixture.Append(log, $"{i}");
            log.RequestSync(new Ordered(i, done));
        }
        using var last = new Completion();
        log.RequestSync(last);
        leave.Release();
        entered.Wait();
        var doneMeanwhile = done.ToArray();
        _files.OnSync = null;
        leave.Release();
        last.Wait();
        Assert.Equal([0], doneMeanwhile);
        Assert.Equal(Enumerable.Range(0, 101), done);
        // One more than what was under way; a rolled segment counts for itself.
        Assert.InRange(_files.FileSyncs - syncsBefore, 2, 1 + log.SegmentCount);
    }

    [Fact]
    public void Few_files_are_synced_one_by_one_and_many_at_once()
    {
        using var store = StoreFixture.Open(_files);
        var logs = Enumerable.Range(1, 20).Select(id => store.OpenLog((ulong)id)).ToList();
        StoreFixture.Append(logs[0], "a");
        Sync(logs[0]);
        Assert.Equal(0, _files.WholeSyncs);

        // The thread is kept busy, so that all the others come in one group.
        using var leave = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        _files.OnSync = () =>
        {
            entered.Set();
            leave.Wait();
        };
        StoreFixture.Append(logs[0], "b");
        using var first = new Completion();
        logs[0].RequestSync(first);
        entered.Wait();
        var fileSyncs = _files.FileSyncs;
        foreach (var log in logs)
        {
            StoreFixture.Append(log, "c");
            log.RequestSync(first);
        }
        using var last = new Completion();
        logs[1].RequestSync(last);
        leave.Set();
        last.Wait();
        Assert.Equal((1, fileSyncs + 1), (_files.WholeSyncs, _files.FileSyncs));
        foreach (var log in logs) log.Dispose();
    }

    [Fact]
    public void A_new_file_has_its_directories_synced_once()
    {
        using var store = StoreFixture.Open(_files, StoreFixture.Options(first: 65536, max: 65536));
        using var log = store.OpenLog(1);
        var before = _files.DirectorySyncs;
        StoreFixture.Append(log, "a");
        Sync(log);
        Assert.Equal(before + 2, _files.DirectorySyncs);
        StoreFixture.Append(log, "b");
        Sync(log);
        Assert.Equal(before + 2, _files.DirectorySyncs);
    }

    [Fact]
    public void Nothing_is_synced_where_confirms_do_not_wait_for_the_disk()
    {
        using var store = StoreFixture.Open(_files, StoreFixture.Options(durability: Durability.Os));
        var (files, directories) = (_files.FileSyncs, _files.DirectorySyncs);
        using var log = store.OpenLog(1);
        var done = new ConcurrentQueue<int>();
        for (var i = 0; i < 50; i++)
        {
            StoreFixture.Append(log, "a");
            log.RequestSync(new Ordered(i, done));
        }
        Sync(log);
        Assert.Equal(Enumerable.Range(0, 50), done);
        Assert.Equal((files, directories, 0), (_files.FileSyncs, _files.DirectorySyncs, _files.WholeSyncs));
    }

    [Fact]
    public void Transient_records_alone_need_no_sync()
    {
        using var store = StoreFixture.Open(_files);
        using var log = store.OpenLog(1);
        var batch = RecordBatch.Rent();
        log.Append(batch, [StoreFixture.Add(batch, "t", persistent: false)]);
        batch.Release();
        var before = _files.FileSyncs;
        Sync(log);
        Assert.Equal(before, _files.FileSyncs);
    }

    [Fact]
    public void A_completion_that_throws_costs_nobody_else_anything()
    {
        var logger = new LogCollector();
        using var store = StoreFixture.Open(_files, log: logger);
        using var log = store.OpenLog(1);
        StoreFixture.Append(log, "a");
        log.RequestSync(new Throwing());
        Sync(log);
        Assert.Contains(logger.Entries, entry => entry.Id == 1011);
    }

    [Fact]
    public void Closing_the_store_completes_what_waits()
    {
        var done = new ConcurrentQueue<int>();
        using (var store = StoreFixture.Open(_files))
        {
            using var log = store.OpenLog(1);
            StoreFixture.Append(log, "a");
            for (var i = 0; i < 100; i++) log.RequestSync(new Ordered(i, done));
        }
        Assert.Equal(Enumerable.Range(0, 100), done);
    }

    [Fact]
    public void A_log_closed_before_its_sync_is_synced_nevertheless()
    {
        using var store = StoreFixture.Open(_files);
        using var completion = new Completion();
        using (var log = store.OpenLog(1))
        {
            StoreFixture.Append(log, "a");
            log.RequestSync(completion);
        }
        completion.Wait();
        Assert.Null(completion.Error);
        Assert.Equal(["a"], StoreFixture.Recover(_files.AfterPowerCut(new Random(1), keep: 0)));
    }

    private static void Sync(SegmentLog log)
    {
        using var completion = new Completion();
        log.RequestSync(completion);
        completion.Wait();
        Assert.Null(completion.Error);
    }

    private sealed class Ordered(int number, ConcurrentQueue<int> done) : ISyncCompletion
    {
        public void OnSynced(Exception? error)
        {
            if (error is null) done.Enqueue(number);
        }
    }

    private sealed class Throwing : ISyncCompletion
    {
        public void OnSynced(Exception? error) => throw new InvalidOperationException("A bug of the broker.");
    }
}
