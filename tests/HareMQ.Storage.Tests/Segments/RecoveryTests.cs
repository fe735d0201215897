namespace HareMQ.Storage.Tests;

public sealed class RecoveryTests
{
    private static readonly string[] s_bodies = ["alpha", "b", "", "gamma gamma", "delta", "epsilon", "zeta", "eta"];

    private MemoryFileSystem _files = new();

    [Fact]
    public void A_file_cut_at_any_byte_keeps_every_record_before_the_cut()
    {
        var ends = WriteLog(close: false);
        var path = StoreFixture.SegmentPaths(_files)[0];
        var whole = _files[path];
        for (var cut = 0; cut <= ends[^1] + 100; cut++)
        {
            var files = _files.AfterKill();
            files[path] = whole[..cut];
            var expected = s_bodies.Where((_, i) => ends[i] <= cut).ToArray();
            Assert.Equal(expected, StoreFixture.Recover(files));
            // The cut was written down: the second time there is nothing left to find out.
            Assert.Equal(expected, StoreFixture.Recover(files));
        }
    }

    [Fact]
    public void A_file_that_ends_in_zeros_or_in_noise_keeps_every_record_before_them()
    {
        var ends = WriteLog(close: false);
        var path = StoreFixture.SegmentPaths(_files)[0];
        var whole = _files[path];
        var random = new Random(3);
        for (var cut = 64; cut <= ends[^1]; cut++)
        {
            var files = _files.AfterKill();
            var torn = new byte[whole.Length];
            if (cut % 2 == 0) random.NextBytes(torn);
            whole.AsSpan(0, cut).CopyTo(torn);
            files[path] = torn;
            Assert.Equal(s_bodies.Where((_, i) => ends[i] <= cut), StoreFixture.Recover(files));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_changed_byte_anywhere_costs_at_most_the_record_it_is_in(bool closed)
    {
        var ends = WriteLog(closed);
        var path = StoreFixture.SegmentPaths(_files)[0];
        var whole = _files[path];
        var starts = Starts();
        for (var at = 0; at < whole.Length; at++)
        {
            if (at == ends[^1] + 64) at = whole.Length - 64;
            foreach (var flip in new byte[] { 1, 0xFF })
            {
                var files = _files.AfterKill();
                var changed = whole.ToArray();
                changed[at] ^= flip;
                files[path] = changed;
                var expected = s_bodies.Where((_, i) => at < starts[i] || at >= ends[i]).ToArray();
                Assert.Equal(expected, StoreFixture.Recover(files));
                Assert.Equal(expected, StoreFixture.Recover(files));
            }
        }

        int[] Starts()
        {
            var lengths = s_bodies.Select(body => 36 + "ex".Length + "key".Length + "p".Length + body.Length).ToArray();
            return [.. ends.Select((end, i) => end - lengths[i])];
        }
    }

    [Fact]
    public void A_changed_byte_in_the_acknowledgements_delivers_again_but_never_too_little()
    {
        using (var store = StoreFixture.Open(_files))
        {
            using var log = store.OpenLog(1);
            var placed = StoreFixture.Append(log, s_bodies);
            StoreFixture.ReadAll(log);
            foreach (var i in new[] { 1, 4, 6 })
            {
                log.Acknowledge(placed[i].Position, placed[i].Bytes);
                log.EndTurn();
            }
            var path = StoreFixture.AckPaths(_files)[0];
            var whole = _files[path];
            var left = s_bodies.Where((_, i) => i is not (1 or 4 or 6)).ToArray();
            Assert.Equal(left, StoreFixture.Recover(_files.AfterKill()));
            for (var at = 0; at < whole.Length; at++)
            {
                var cut = _files.AfterKill();
                cut[path] = whole[..at];
                AssertOnlyMore(StoreFixture.Recover(cut));
                AssertOnlyMore(StoreFixture.Recover(cut));

                var flipped = _files.AfterKill();
                var changed = whole.ToArray();
                changed[at] ^= 0x11;
                flipped[path] = changed;
                var recovered = StoreFixture.Recover(flipped);
                AssertOnlyMore(recovered);
                Assert.True(recovered.Count <= left.Length + 1, "One damaged block of entries brought more than its own records back.");
            }

            void AssertOnlyMore(List<string> recovered)
            {
                Assert.Equal(s_bodies.Where(recovered.Contains), recovered);
                Assert.Equal(left, recovered.Where(left.Contains));
            }
        }
    }

    [Fact]
    public void Entries_written_behind_a_torn_block_are_found()
    {
        List<(LogPosition Position, int Bytes)> placed;
        using (var store = StoreFixture.Open(_files))
        {
            using var log = store.OpenLog(1);
            placed = StoreFixture.Append(log, s_bodies);
            StoreFixture.ReadAll(log);
            log.Acknowledge(placed[0].Position, placed[0].Bytes);
            log.EndTurn();
            log.Acknowledge(placed[3].Position, placed[3].Bytes);
        }
        var path = StoreFixture.AckPaths(_files)[0];
        // Through the block of the last acknowledgement; the block behind it says how far was delivered.
        _files[path] = _files[path][..^(AckFormat.BlockBytes(1) + 5)];
        using (var store = StoreFixture.Open(_files))
        {
            using var log = store.OpenLog(1);
            Assert.Contains(s_bodies[3], StoreFixture.ReadAll(log));
            log.Acknowledge(placed[3].Position, placed[3].Bytes);
            log.Acknowledge(placed[5].Position, placed[5].Bytes);
        }
        Assert.Equal(s_bodies.Where((_, i) => i is not (0 or 3 or 5)), StoreFixture.Recover(_files));
    }

    [Fact]
    public void Old_records_of_a_recycled_file_never_come_back_however_the_new_ones_are_torn()
    {
        // Same sizes at the same places: only the generation of the block and the stamp of the records tell old from new.
        var options = StoreFixture.Options(first: 1024, max: 1024);
        using var store = StoreFixture.Open(_files, options);
        using var log = store.OpenLog(1);
        Fill(log, "old");
        StoreFixture.Append(log, "separator" + new string('s', 400));
        foreach (var (position, bytes) in DrainAll(log)) log.Acknowledge(position, bytes);
        log.EndTurn();
        Assert.Equal(1, store.RecycledSegments);

        using var other = store.OpenLog(2);
        var before = _files[_files.Paths.Single(path => path.StartsWith("/data/recycled/", StringComparison.Ordinal))];
        Fill(other, "new");
        Assert.Equal(0, store.RecycledSegments);
        var path = StoreFixture.SegmentPaths(_files, 2)[0];
        var after = _files[path];
        Assert.Equal(before.Length, after.Length);

        // Whichever sectors of the new bytes reached the disk: byte by byte from the front, from the back, and in random pieces.
        var random = new Random(9);
        for (var at = 0; at <= after.Length; at++)
        {
            AssertNothingOld([.. after[..at], .. before[at..]]);
            AssertNothingOld([.. before[..at], .. after[at..]]);
            var mixed = after.ToArray();
            for (var sector = 0; sector < mixed.Length; sector += 16)
                if (random.Next(3) == 0) before.AsSpan(sector, 16).CopyTo(mixed.AsSpan(sector));
            AssertNothingOld(mixed);
        }

        void AssertNothingOld(byte[] content)
        {
            var files = _files.AfterKill();
            files[path] = content;
            Assert.DoesNotContain(StoreFixture.Recover(files, options, id: 2), body => body.StartsWith("old", StringComparison.Ordinal));
        }

        static void Fill(SegmentLog log, string body)
        {
            for (var i = 0; i < 5; i++) StoreFixture.Append(log, $"{body}{i}", $"{body}{i}");
        }

        static List<(LogPosition Position, int Bytes)> DrainAll(SegmentLog log)
        {
            var drained = new List<(LogPosition, int)>();
            while (log.TryPeek(out var record, out var position))
            {
                drained.Add((position, record.RecordBytes));
                log.Advance();
            }
            return drained;
        }
    }

    [Fact]
    public void A_recycled_file_whose_new_header_is_missing_is_empty()
    {
        WriteLog(close: true);
        var path = StoreFixture.SegmentPaths(_files)[0];
        var content = _files[path];
        _files.Rename(path, $"{StoreFixture.LogDirectory(1)}/{new SegmentName(1, 0xABCDEF).SegmentFile}");
        Assert.NotEmpty(content);
        Assert.Empty(StoreFixture.Recover(_files));
        Assert.DoesNotContain(_files.Paths, name => name.EndsWith(".damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void A_segment_without_a_readable_header_is_served_and_then_kept_aside()
    {
        WriteLog(close: false);
        var path = StoreFixture.SegmentPaths(_files)[0];
        var content = _files[path];
        content.AsSpan(0, 64).Fill(0x5A);
        var files = _files.AfterKill();
        files[path] = content;
        var logger = new LogCollector();
        using var store = StoreFixture.Open(files, log: logger);
        using (var log = store.OpenLog(1))
        {
            Assert.Equal(s_bodies.Length, log.ReadyRecords);
            log.Purge();
        }
        Assert.Contains(logger.Entries, entry => entry.Id == 1002);
        Assert.Contains(path + ".damaged", files.Paths);
        Assert.Empty(StoreFixture.SegmentPaths(files));
    }

    [Fact]
    public void A_file_of_garbage_is_kept_aside_and_costs_nothing_else()
    {
        WriteLog(close: true);
        var garbage = new byte[2000];
        new Random(4).NextBytes(garbage);
        var path = $"{StoreFixture.LogDirectory(1)}/{new SegmentName(9, 1).SegmentFile}";
        _files[path] = garbage;
        Assert.Equal(s_bodies, StoreFixture.Recover(_files));
        Assert.Contains(path + ".damaged", _files.Paths);
    }

    [Fact]
    public void Sealed_segments_are_not_read_when_a_log_is_opened()
    {
        var options = StoreFixture.Options(first: 1024, max: 1024);
        using (var store = StoreFixture.Open(_files, options))
        {
            using var log = store.OpenLog(1);
            for (var i = 0; i < 30; i++) StoreFixture.Append(log, $"{i}{new string('x', 200)}");
        }
        // Were their records read, the damage would be noticed at once.
        foreach (var path in StoreFixture.SegmentPaths(_files))
        {
            var content = _files[path];
            content.AsSpan(64, content.Length - 128).Clear();
            _files[path] = content;
        }
        var logger = new LogCollector();
        using (var store = StoreFixture.Open(_files, options, logger))
        {
            using var log = store.OpenLog(1);
            Assert.Equal(30, log.ReadyRecords);
            Assert.DoesNotContain(logger.Entries, entry => entry.Id == 1001);
            Assert.False(log.TryPeek(out _, out _));
            Assert.Equal((0, 0), (log.ReadyRecords, log.ReadyBodyBytes));
            log.EndTurn();
            StoreFixture.Append(log, "alive");
            Assert.Equal(["alive"], StoreFixture.ReadAll(log));
        }
    }

    [Fact]
    public void New_records_go_to_a_new_segment_after_a_restart()
    {
        WriteLog(close: false);
        var before = StoreFixture.SegmentPaths(_files);
        using var store = StoreFixture.Open(_files.AfterKill());
        using var log = store.OpenLog(1);
        var end = log.End;
        var placed = StoreFixture.Append(log, "new");
        Assert.True(placed[0].Position > end);
        Assert.Equal(2, log.SegmentCount);
        Assert.Single(before);
        Assert.Equal([.. s_bodies, "new"], StoreFixture.ReadAll(log));
    }

    [Fact]
    public void An_acknowledgement_file_without_its_segment_is_removed()
    {
        WriteLog(close: true);
        var orphan = $"{StoreFixture.LogDirectory(1)}/{new SegmentName(3, 3).AckFile}";
        _files[orphan] = [1, 2, 3];
        Assert.Equal(s_bodies, StoreFixture.Recover(_files));
        Assert.DoesNotContain(orphan, _files.Paths);
    }

    /// <summary>Three blocks, left behind by a clean close or by a kill; returns where each record ends.</summary>
    private int[] WriteLog(bool close)
    {
        var written = _files;
        using var store = StoreFixture.Open(written);
        using var log = store.OpenLog(1);
        var placed = StoreFixture.Append(log, s_bodies[..3]);
        placed.AddRange(StoreFixture.Append(log, s_bodies[3..4]));
        placed.AddRange(StoreFixture.Append(log, s_bodies[4..]));
        if (!close) _files = written.AfterKill();
        return [.. placed.Select(record => (int)record.Position.Offset + record.Bytes)];
    }
}
