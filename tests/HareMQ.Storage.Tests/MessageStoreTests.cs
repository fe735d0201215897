using System.Diagnostics;
using System.Globalization;

namespace HareMQ.Storage.Tests;

/// <summary>On a real disk.</summary>
public sealed class MessageStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Messages_and_definitions_survive_a_restart()
    {
        using (var store = MessageStore.Open(_directory.Options))
        {
            store.Definitions.Append("queue"u8);
            using var log = store.OpenLog(0xABC);
            StoreFixture.Append(log, "a", "b");
            using var completion = new Completion();
            log.RequestSync(completion);
            completion.Wait();
            Assert.Null(completion.Error);
        }
        using (var store = MessageStore.Open(_directory.Options))
        {
            Assert.Equal([0xABCul], store.ListLogs());
            Assert.Equal("queue"u8, store.Definitions.ReadAll().Single().Span);
            using var log = store.OpenLog(0xABC);
            Assert.Equal(["a", "b"], StoreFixture.ReadAll(log));
        }
    }

    [Fact]
    public void A_second_opener_is_told_which_process_holds_the_directory()
    {
        using (MessageStore.Open(_directory.Options))
        {
            var message = Assert.Throws<StoreLockedException>(() => MessageStore.Open(_directory.Options)).Message;
            Assert.Contains(_directory.Path, message);
            Assert.Contains($"process {Environment.ProcessId}.", message);
        }
        MessageStore.Open(_directory.Options).Dispose();
    }

    [Fact]
    public void A_directory_of_a_newer_version_or_of_something_else_is_refused()
    {
        MessageStore.Open(_directory.Options).Dispose();
        var format = Path.Combine(_directory.Path, "format");
        Assert.Equal("haremq store 1\n", File.ReadAllText(format));
        File.WriteAllText(format, "haremq store 2\n");
        Assert.Contains("newer version (format 2)", Assert.Throws<StorageException>(() => MessageStore.Open(_directory.Options)).Message);
        File.WriteAllText(format, "my diary");
        Assert.Throws<StorageException>(() => MessageStore.Open(_directory.Options));
        File.WriteAllText(format, "haremq store 1\n");
        MessageStore.Open(_directory.Options).Dispose();
    }

    [Fact]
    public void Three_thousand_logs_stay_within_the_budget_of_handles_and_come_back()
    {
        var options = _directory.Options with { FirstSegmentBytes = 4096, OpenHandlesMax = 100 };
        using (var store = MessageStore.Open(options))
        {
            var logs = Enumerable.Range(1, 3000).Select(id => store.OpenLog((ulong)id)).ToList();
            foreach (var log in logs) StoreFixture.Append(log, "first");
            using var completion = new Completion();
            foreach (var log in logs) log.RequestSync(completion);
            completion.Wait();
            foreach (var log in logs) StoreFixture.Append(log, "second");
            foreach (var log in logs) log.Dispose();
        }
        using (var store = MessageStore.Open(options))
        {
            Assert.Equal(3000, store.ListLogs().Count);
            foreach (var id in store.ListLogs())
            {
                using var log = store.OpenLog(id);
                Assert.Equal(["first", "second"], StoreFixture.ReadAll(log));
                log.Purge();
            }
            Assert.InRange(store.OpenHandles, 0, 101);
        }
    }

    [Fact]
    public void Twenty_logs_work_with_four_handles()
    {
        using var store = MessageStore.Open(_directory.Options with { OpenHandlesMax = 4 });
        var logs = Enumerable.Range(1, 20).Select(id => store.OpenLog((ulong)id)).ToList();
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < logs.Count; i++)
            {
                var placed = StoreFixture.Append(logs[i], $"{i}-{round}");
                Assert.Equal([$"{i}-{round}"], StoreFixture.ReadAll(logs[i]));
                if (round % 2 == 0) logs[i].Acknowledge(placed[0].Position, placed[0].Bytes);
                logs[i].EndTurn();
            }
        }
        // Nobody asked for a sync; handles with unsynced data are closed after one nevertheless.
        using var completion = new Completion();
        foreach (var log in logs) log.RequestSync(completion);
        using var last = new Completion();
        logs[0].RequestSync(last);
        last.Wait();
        Assert.InRange(store.OpenHandles, 0, 4);
        foreach (var log in logs) log.Dispose();

        for (var i = 0; i < logs.Count; i++)
        {
            using var log = store.OpenLog((ulong)i + 1);
            Assert.Equal([$"{i}-1", $"{i}-3"], StoreFixture.ReadAll(log));
        }
    }

    [Fact]
    public void Emptied_segments_of_full_size_are_used_again()
    {
        var options = _directory.Options with { FirstSegmentBytes = 4096, MaxSegmentBytes = 16384, RecycledSegmentsMax = 2 };
        using var store = MessageStore.Open(options);
        using var log = store.OpenLog(1);
        var recycled = new HashSet<int>();
        for (var round = 0; round < 40; round++)
        {
            var placed = StoreFixture.Append(log, [.. Enumerable.Range(0, 20).Select(i => $"{round}-{i}-{new string('x', 300)}")]);
            Assert.Equal(20, StoreFixture.ReadAll(log).Count);
            foreach (var (position, bytes) in placed) log.Acknowledge(position, bytes);
            log.EndTurn();
            recycled.Add(store.RecycledSegments);
        }
        Assert.Contains(1, recycled);
        Assert.True(recycled.Max() <= 2);
        Assert.True(Directory.GetFiles(Path.Combine(_directory.Path, "queues", "0000000000000001")).Length <= 2);
        Assert.InRange(Directory.GetFiles(Path.Combine(_directory.Path, "recycled")).Length, 0, 2);
    }

    [Fact]
    public void What_was_left_in_the_pool_of_recycled_files_is_not_used_after_a_restart()
    {
        MessageStore.Open(_directory.Options).Dispose();
        var left = Path.Combine(_directory.Path, "recycled", "0000000000000000");
        File.WriteAllText(left, "old bytes");
        using var store = MessageStore.Open(_directory.Options);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public void Preallocated_segments_occupy_their_place_on_the_disk()
    {
        using var store = MessageStore.Open(_directory.Options with { FirstSegmentBytes = 1 << 20 });
        using var log = store.OpenLog(1);
        StoreFixture.Append(log, "a");
        var segment = Directory.GetFiles(Path.Combine(_directory.Path, "queues", "0000000000000001"), "*.seg").Single();
        Assert.Equal(1 << 20, new FileInfo(segment).Length);
        if (!OperatingSystem.IsLinux()) return;
        using var du = Process.Start(new ProcessStartInfo("du", ["-k", segment]) { RedirectStandardOutput = true })!;
        var kilobytes = du.StandardOutput.ReadToEnd().Split('\t')[0];
        Assert.InRange(int.Parse(kilobytes, CultureInfo.InvariantCulture), 1024, 1100);
    }

    [Fact]
    public void Publishing_delivering_and_acknowledging_allocate_nothing()
    {
        using var store = MessageStore.Open(_directory.Options with { FirstSegmentBytes = 4 << 20 });
        using var log = store.OpenLog(1);
        using var completion = new Completion();
        // Buffers and lists grow to what the moment needs, the latter with the slowness of the disk; then nothing more is needed.
        var allocated = long.MaxValue;
        for (var attempt = 0; attempt < 50 && allocated > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) Turn(log, completion);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);

        static void Turn(SegmentLog log, Completion completion)
        {
            Span<RecordRange> ranges = stackalloc RecordRange[3];
            var batch = RecordBatch.Rent(4096);
            for (var i = 0; i < 5; i++)
            {
                batch.Begin("ex"u8, "key"u8, "p"u8, 20, RecordFlags.Persistent, 0, 1, 0).Fill(1);
                // Every other one, so that they are gathered.
                var range = batch.End();
                if (i % 2 == 0) ranges[i / 2] = range;
            }
            log.Append(batch, ranges);
            log.Append(batch, ranges[..1]);
            log.RequestSync(completion);
            batch.Release();
            while (log.TryPeek(out var record, out var position))
            {
                var bytes = record.RecordBytes;
                log.Advance();
                log.Acknowledge(position, bytes);
            }
            log.EndTurn();
        }
    }

    [Fact]
    public void Sizes_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MessageStore.Open(_directory.Options with { FirstSegmentBytes = 10 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => MessageStore.Open(_directory.Options with { MaxSegmentBytes = 1024 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => MessageStore.Open(_directory.Options with { OpenHandlesMax = 0 }));
    }

    [Fact]
    public void Nothing_is_left_rented_when_everything_is_closed()
    {
        using (var store = MessageStore.Open(_directory.Options))
        {
            using var log = store.OpenLog(1);
            StoreFixture.Append(log, "a", "b");
            Assert.True(log.TryPeek(out _, out _));
            Assert.True(store.BufferBytes > 0);
            log.Dispose();
            Assert.Equal(0, store.BufferBytes);
        }
        Assert.Equal(0, RecordBatchPool.Outstanding);
    }
}
