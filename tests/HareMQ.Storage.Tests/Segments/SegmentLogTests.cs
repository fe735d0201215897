using System.Text;

namespace HareMQ.Storage.Tests;

public sealed class SegmentLogTests
{
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public void A_log_that_never_took_a_record_has_no_directory()
    {
        using var store = StoreFixture.Open(_files);
        using (var log = store.OpenLog(1))
        {
            Assert.True(log.AtEnd);
            Assert.Equal(log.Cursor, log.End);
            Assert.False(log.TryPeek(out _, out _));
            Assert.Equal(0, log.Purge());
            log.EndTurn();
        }
        Assert.False(_files.DirectoryExists(StoreFixture.LogDirectory(1)));
        Assert.Empty(store.ListLogs());
    }

    [Fact]
    public void Records_come_back_in_order_from_where_they_were_appended()
    {
        using var store = StoreFixture.Open(_files);
        using var log = store.OpenLog(1);
        var placed = StoreFixture.Append(log, "a", "bb", "");
        placed.AddRange(StoreFixture.Append(log, "dddd"));
        Assert.Equal(4, log.ReadyRecords);
        Assert.Equal(7, log.ReadyBodyBytes);
        Assert.Equal(placed[0].Position, log.Cursor);

        foreach (var (position, bytes) in placed)
        {
            Assert.True(log.TryPeek(out var record, out var at));
            Assert.Equal((position, bytes), (at, record.RecordBytes));
            log.Advance();
        }
        Assert.True(log.AtEnd);
        Assert.Equal(log.End, log.Cursor);
        Assert.Equal("bb"u8, log.Read(placed[1].Position, placed[1].Bytes).Body);
    }

    [Fact]
    public void Ranges_that_do_not_touch_are_gathered_into_one_block()
    {
        using var store = StoreFixture.Open(_files);
        using var log = store.OpenLog(1);
        var batch = RecordBatch.Rent();
        var ranges = new[] { "a", "not for us", "b", "c", "nor this", "d" }.Select(body => StoreFixture.Add(batch, body)).ToList();
        log.Append(batch, [ranges[0], new RecordRange(ranges[2].Offset, ranges[2].Bytes + ranges[3].Bytes, 2), ranges[5]]);
        batch.Release();
        Assert.Equal(4, log.ReadyRecords);
        Assert.Equal(["a", "b", "c", "d"], StoreFixture.ReadAll(log));
        Assert.Equal(["a", "b", "c", "d"], StoreFixture.Recover(_files.AfterKill()));
    }

    [Fact]
    public void A_peeked_record_stays_until_it_is_advanced_past()
    {
        using var store = StoreFixture.Open(_files);
        using var log = store.OpenLog(1);
        StoreFixture.Append(log, "a", "b");
        Assert.Throws<InvalidOperationException>(log.Advance);
        Assert.True(log.TryPeek(out _, out var first));
        Assert.True(log.TryPeek(out var again, out var second));
        Assert.Equal(first, second);
        Assert.Equal("a"u8, again.Body);
        log.EndTurn();
        log.EndTurn();
        Assert.Throws<InvalidOperationException>(log.Advance);
        Assert.Equal(["a", "b"], StoreFixture.ReadAll(log));
    }

    [Fact]
    public void Records_delivered_from_memory_are_skipped_by_the_cursor()
    {
        using var store = StoreFixture.Open(_files);
        using var log = store.OpenLog(1);
        StoreFixture.Append(log, "a", "b");
        log.AdvanceTo(log.End);
        Assert.True(log.AtEnd);

        var placed = StoreFixture.Append(log, "c", "d", "e");
        Assert.Equal(placed[0].Position, log.Cursor);
        log.AdvanceTo(placed[1].Position);
        Assert.Equal((2, 2), (log.ReadyRecords, log.ReadyBodyBytes));
        StoreFixture.Append(log, "f");
        Assert.Equal(["d", "e", "f"], StoreFixture.ReadAll(log));
    }

    [Fact]
    public void A_block_that_does_not_fit_begins_a_segment_and_a_huge_one_gets_its_own()
    {
        using var store = StoreFixture.Open(_files, StoreFixture.Options(first: 1024, max: 4096));
        using var log = store.OpenLog(1);
        var bodies = Enumerable.Range(0, 12).Select(i => new string((char)('a' + i), i == 5 ? 20_000 : 400)).ToArray();
        foreach (var body in bodies) StoreFixture.Append(log, body);
        Assert.Equal([1024, 4096, 20_000 + 42 + 64 + 32 + 64, 4096], StoreFixture.SegmentPaths(_files).Select(path => _files[path].Length));
        Assert.Equal(bodies, StoreFixture.ReadAll(log));
        log.EndTurn();
        Assert.Equal(0, store.BufferBytes);
    }

    [Fact]
    public void An_emptied_segment_goes_and_the_tail_stays()
    {
        using var store = StoreFixture.Open(_files, StoreFixture.Options(first: 1024, max: 1024, recycled: 0));
        using var log = store.OpenLog(1);
        var placed = new List<(LogPosition Position, int Bytes)>();
        for (var i = 0; i < 6; i++) placed.AddRange(StoreFixture.Append(log, new string('x', 300)));
        Assert.Equal(3, log.SegmentCount);
        StoreFixture.ReadAll(log);

        foreach (var (position, bytes) in placed.Take(3)) log.Acknowledge(position, bytes);
        log.EndTurn();
        Assert.Equal(2, log.SegmentCount);
        foreach (var (position, bytes) in placed.Skip(3)) log.Acknowledge(position, bytes);
        log.EndTurn();
        Assert.Equal(1, log.SegmentCount);
        Assert.Single(StoreFixture.SegmentPaths(_files));
        StoreFixture.Append(log, "next");
        Assert.Equal(["next"], StoreFixture.ReadAll(log));
    }

    [Fact]
    public void Acknowledging_twice_is_an_error_once_nothing_is_left()
    {
        using var store = StoreFixture.Open(_files);
        using var log = store.OpenLog(1);
        var (position, bytes) = StoreFixture.Append(log, "a")[0];
        StoreFixture.ReadAll(log);
        log.Acknowledge(position, bytes);
        Assert.Throws<InvalidOperationException>(() => log.Acknowledge(position, bytes));
    }

    [Fact]
    public void Purge_takes_the_ready_ones_and_leaves_the_delivered_ones()
    {
        using var store = StoreFixture.Open(_files, StoreFixture.Options(first: 1024, max: 1024));
        var log = store.OpenLog(1);
        for (var i = 0; i < 8; i++) StoreFixture.Append(log, $"{i}{new string('x', 300)}");
        Assert.True(log.TryPeek(out var record, out var position));
        var bytes = record.RecordBytes;
        log.Advance();
        Assert.Equal(7, log.Purge());
        Assert.Equal((0, 0), (log.ReadyRecords, log.ReadyBodyBytes));
        log.EndTurn();
        StoreFixture.Append(log, "after");
        Assert.Equal((byte)'0', log.Read(position, bytes).Body[0]);
        log.Dispose();
        using var reopened = store.OpenLog(1);
        Assert.Equal(2, reopened.ReadyRecords);
        Assert.Equal(["0" + new string('x', 300), "after"], StoreFixture.ReadAll(reopened));
    }

    [Fact]
    public void Transient_records_are_gone_after_a_restart_and_need_no_acknowledgement_file()
    {
        using var store = StoreFixture.Open(_files);
        var log = store.OpenLog(1);
        var batch = RecordBatch.Rent();
        var range = StoreFixture.Add(batch, "transient", persistent: false);
        var position = log.Append(batch, [range]);
        batch.Release();
        StoreFixture.ReadAll(log);
        log.Acknowledge(position, range.Bytes);
        log.EndTurn();
        Assert.Empty(StoreFixture.AckPaths(_files));

        batch = RecordBatch.Rent();
        log.Append(batch, [StoreFixture.Add(batch, "t", persistent: false), StoreFixture.Add(batch, "p"), StoreFixture.Add(batch, "u", persistent: false)]);
        batch.Release();
        Assert.Equal(["p"], StoreFixture.Recover(_files.AfterKill()));
        log.Dispose();
        using var reopened = store.OpenLog(1);
        Assert.Equal((1, 1), (reopened.ReadyRecords, reopened.ReadyBodyBytes));
        Assert.Equal(["p"], StoreFixture.ReadAll(reopened));
    }

    [Fact]
    public void Acknowledgements_in_any_order_hold_after_a_restart()
    {
        using var store = StoreFixture.Open(_files, StoreFixture.Options(first: 1024, max: 1024));
        var log = store.OpenLog(1);
        var bodies = Enumerable.Range(0, 40).Select(i => $"{i:d3}{new string('x', i * 7 % 90)}").ToList();
        var placed = bodies.Chunk(3).SelectMany(chunk => StoreFixture.Append(log, chunk)).ToList();
        StoreFixture.ReadAll(log);
        var random = new Random(5);
        var order = Enumerable.Range(0, 40).OrderBy(_ => random.Next()).ToList();
        foreach (var i in order.Take(25))
        {
            log.Acknowledge(placed[i].Position, placed[i].Bytes);
            if (random.Next(4) == 0) log.EndTurn();
        }
        log.EndTurn();
        var left = order.Skip(25).Order().Select(i => bodies[i]).ToList();
        Assert.Equal(left, StoreFixture.Recover(_files.AfterKill()));
        log.Dispose();
        using var reopened = store.OpenLog(1);
        Assert.Equal(left.Sum(body => body.Length), reopened.ReadyBodyBytes);
        Assert.Equal(left, StoreFixture.ReadAll(reopened));
    }

    [Fact]
    public void What_may_have_been_delivered_is_known_after_a_kill_and_exactly_after_a_clean_close()
    {
        using var store = StoreFixture.Open(_files, StoreFixture.Options(first: 1 << 20, max: 1 << 20));
        var log = store.OpenLog(1);
        var placed = StoreFixture.Append(log, [.. Enumerable.Range(0, 100).Select(i => new string('x', 9000))]);
        Assert.True(log.TryPeek(out _, out _));
        log.Advance();
        Assert.True(log.TryPeek(out _, out _));
        Assert.False(log.MayHaveBeenDelivered(placed[0].Position));

        using (var killed = StoreFixture.Open(_files.AfterKill()))
        using (var recovered = killed.OpenLog(1))
        {
            Assert.True(recovered.MayHaveBeenDelivered(placed[1].Position));
            Assert.False(recovered.MayHaveBeenDelivered(placed[99].Position));
        }
        log.Dispose();
        using var reopened = store.OpenLog(1);
        Assert.True(reopened.MayHaveBeenDelivered(placed[0].Position));
        Assert.False(reopened.MayHaveBeenDelivered(placed[1].Position));
    }

    [Fact]
    public void A_clean_close_in_a_later_run_does_not_forget_an_earlier_delivery()
    {
        using var store = StoreFixture.Open(_files);
        var log = store.OpenLog(1);
        var placed = StoreFixture.Append(log, "a", "b", "c");
        log.AdvanceTo(placed[2].Position);
        log.Dispose();
        store.OpenLog(1).Dispose();
        using var third = store.OpenLog(1);
        Assert.Equal([true, true, false], placed.Select(p => third.MayHaveBeenDelivered(p.Position)));
    }

    [Fact]
    public void A_record_larger_than_the_read_ahead_is_read_whole()
    {
        using var store = StoreFixture.Open(_files, StoreFixture.Options(first: 1 << 20, max: 4 << 20));
        using var log = store.OpenLog(1);
        var bodies = new[] { "small", new string('x', 3 << 20), "small again", new string('y', 700_000) };
        foreach (var body in bodies) StoreFixture.Append(log, body);
        Assert.Equal(bodies, StoreFixture.ReadAll(log));
        log.EndTurn();
        Assert.Equal(0, store.BufferBytes);
    }

    [Fact]
    public void A_deleted_log_leaves_nothing_behind()
    {
        using var store = StoreFixture.Open(_files);
        var log = store.OpenLog(1);
        StoreFixture.Append(log, "a");
        using var completion = new Completion();
        log.RequestSync(completion);
        log.Delete();
        log.Dispose();
        completion.Wait();
        Assert.Null(completion.Error);
        Assert.Empty(store.ListLogs());
        Assert.Empty(StoreFixture.SegmentPaths(_files));

        using (var other = store.OpenLog(2)) StoreFixture.Append(other, "b");
        Assert.Equal([2ul], store.ListLogs());
        store.DeleteLog(2);
        store.DeleteLog(3);
        Assert.Empty(store.ListLogs());
    }

    [Fact]
    public void A_read_of_a_damaged_record_says_so_and_the_record_can_still_be_acknowledged()
    {
        using var store = StoreFixture.Open(_files);
        using var log = store.OpenLog(1);
        var placed = StoreFixture.Append(log, "aaaa", "bbbb");
        StoreFixture.ReadAll(log);
        log.EndTurn();
        using (var file = _files.Open(StoreFixture.SegmentPaths(_files)[0])) file.Write("X"u8, placed[0].Position.Offset + placed[0].Bytes - 1);
        Assert.Throws<RecordDamagedException>(() => log.Read(placed[0].Position, placed[0].Bytes).Priority);
        Assert.Throws<RecordDamagedException>(() => log.Read(placed[1].Position, placed[1].Bytes + 1).Priority);
        Assert.Throws<RecordDamagedException>(() => log.Read(new LogPosition(77, 96), 50).Priority);
        Assert.Equal("bbbb", Encoding.UTF8.GetString(log.Read(placed[1].Position, placed[1].Bytes).Body));
        log.Acknowledge(placed[0].Position, placed[0].Bytes);
        log.EndTurn();
    }

    [Fact]
    public void Damage_in_front_of_the_cursor_is_skipped_and_the_counts_follow()
    {
        var log = new LogCollector();
        using var store = StoreFixture.Open(_files, log: log);
        using var segments = store.OpenLog(1);
        var placed = StoreFixture.Append(segments, "aaaa", "bbbb", "cccc", "dddd");
        foreach (var i in new[] { 1, 3 })
        {
            using var file = _files.Open(StoreFixture.SegmentPaths(_files)[0]);
            file.Write("X"u8, placed[i].Position.Offset + placed[i].Bytes - 1);
        }
        Assert.True(segments.TryPeek(out _, out _));
        Assert.Equal(4, segments.ReadyRecords);
        segments.Advance();
        Assert.True(segments.TryPeek(out var record, out _));
        Assert.Equal("cccc"u8, record.Body);
        Assert.Equal((1, 4), (segments.ReadyRecords, segments.ReadyBodyBytes));
        segments.Advance();
        Assert.False(segments.TryPeek(out _, out _));
        Assert.Equal(2, log.Entries.Count(entry => entry.Id == 1001));
        foreach (var i in new[] { 0, 2 }) segments.Acknowledge(placed[i].Position, placed[i].Bytes);
        segments.EndTurn();
        StoreFixture.Append(segments, "eeee");
        Assert.Equal(["eeee"], StoreFixture.ReadAll(segments));
    }
}
