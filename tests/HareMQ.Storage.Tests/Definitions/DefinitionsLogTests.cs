using System.Text;

namespace HareMQ.Storage.Tests;

public sealed class DefinitionsLogTests
{
    private const string Path = StoreFixture.DataDirectory + "/definitions.log";
    private static readonly string[] s_records = ["vhost /", "user guest", "", "queue with a longer definition", "x"];

    private readonly MemoryFileSystem _files = new();

    [Fact]
    public void The_bytes_of_the_file_are_these()
    {
        Write("abc");
        var bytes = _files[Path];
        byte[] header = [.. "HAREMQDF"u8, 1, 0, 0, 0, .. bytes[12..16], .. new byte[12]];
        byte[] length = [3, 0, 0, 0];
        byte[] expected =
        [
            .. header, .. BitConverter.GetBytes(Crc32C.Compute(header)),
            .. length, .. BitConverter.GetBytes(Crc32C.Compute([.. length, .. bytes[12..16], .. "abc"u8])), .. bytes[12..16], .. "abc"u8,
        ];
        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void Records_come_back_in_order()
    {
        Write(s_records);
        Assert.Equal(s_records, Read(_files));
        using var store = StoreFixture.Open(_files);
        Assert.Equal(s_records.Length, store.Definitions.RecordCount);
        Assert.Equal(_files[Path].Length, store.Definitions.Bytes);
    }

    [Fact]
    public void A_file_cut_at_any_byte_keeps_every_record_before_the_cut_and_takes_new_ones()
    {
        Write(s_records);
        var whole = _files[Path];
        var ends = Ends();
        for (var cut = 32; cut <= whole.Length; cut++)
        {
            var files = _files.AfterKill();
            files[Path] = whole[..cut];
            var kept = s_records.Where((_, i) => ends[i] <= cut).ToList();
            Assert.Equal(kept, Read(files));
            using (var store = StoreFixture.Open(files)) store.Definitions.Append("new"u8);
            Assert.Equal([.. kept, "new"], Read(files));
        }
    }

    [Fact]
    public void A_changed_byte_costs_the_record_it_is_in()
    {
        Write(s_records);
        var whole = _files[Path];
        var ends = Ends();
        for (var at = 0; at < whole.Length; at++)
        {
            var files = _files.AfterKill();
            var changed = whole.ToArray();
            changed[at] ^= 0x40;
            files[Path] = changed;
            var logger = new LogCollector();
            Assert.Equal(s_records.Where((record, i) => at < ends[i] - 12 - record.Length || at >= ends[i]), Read(files, logger));
            Assert.Contains(logger.Entries, entry => entry.Id == 1020);
        }
    }

    [Fact]
    public void Content_that_looks_like_a_record_is_not_taken_for_one()
    {
        // A record inside a record, as somebody would write it who does not know the stamp of this file.
        var inner = new byte[12 + 5];
        DefinitionsFormat.WriteRecordHeader(inner, "admin"u8, stamp: 12345);
        "admin"u8.CopyTo(inner.AsSpan(12));
        using (var store = StoreFixture.Open(_files))
        {
            store.Definitions.Append("first"u8);
            store.Definitions.Append(inner);
            store.Definitions.Append("last"u8);
        }
        var content = _files[Path];
        content[32 + 17] ^= 1;
        _files[Path] = content;
        Assert.Equal(["first", "last"], Read(_files));
    }

    [Fact]
    public void A_file_without_a_readable_start_is_refused_rather_than_taken_for_empty()
    {
        Write(s_records);
        var content = _files[Path];
        content.AsSpan(0, 44).Clear();
        _files[Path] = content;
        Assert.Contains("definitions.log", Assert.Throws<StorageException>(() => StoreFixture.Open(_files)).Message);
        _files[Path] = content[..20];
        Assert.Throws<StorageException>(() => StoreFixture.Open(_files));
    }

    [Fact]
    public void A_newer_format_is_refused()
    {
        Write(s_records);
        var content = _files[Path];
        content[8] = 2;
        BitConverter.GetBytes(Crc32C.Compute(content.AsSpan(0, 28))).CopyTo(content, 28);
        _files[Path] = content;
        Assert.Contains("newer version", Assert.Throws<StorageException>(() => StoreFixture.Open(_files)).Message);
    }

    [Fact]
    public void A_rewrite_replaces_everything_and_survives_a_power_cut_at_once()
    {
        Write(s_records);
        using var store = StoreFixture.Open(_files);
        var big = new string('b', 200_000);
        store.Definitions.Rewrite(new[] { "one", big, "two" }.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)));
        Assert.Equal(3, store.Definitions.RecordCount);
        Assert.Equal(["one", big, "two"], Read(_files.AfterPowerCut(new Random(1), keep: 0)));

        store.Definitions.Append("three"u8);
        using var completion = new Completion();
        store.Definitions.RequestSync(completion);
        completion.Wait();
        Assert.Equal(["one", big, "two", "three"], Read(_files.AfterPowerCut(new Random(1), keep: 0)));
    }

    [Fact]
    public void A_rewrite_that_fails_leaves_the_old_records_in_force()
    {
        Write(s_records);
        using var store = StoreFixture.Open(_files);
        _files.WritesLeft = 1;
        Assert.Throws<StorageException>(() => store.Definitions.Rewrite([Encoding.UTF8.GetBytes("new")]));
        _files.WritesLeft = null;
        store.Definitions.Append("more"u8);
        Assert.Equal([.. s_records, "more"], Read(_files.AfterKill()));
    }

    [Fact]
    public void An_append_that_fails_halfway_is_overwritten_by_the_next()
    {
        using var store = StoreFixture.Open(_files);
        store.Definitions.Append("a"u8);
        (_files.WritesLeft, _files.TornWriteBytes) = (0, 20);
        Assert.Throws<StorageException>(() => store.Definitions.Append("a long record that is torn"u8));
        _files.WritesLeft = null;
        Assert.Equal(["a"], Read(_files.AfterKill()));
        store.Definitions.Append("b"u8);
        Assert.Equal(["a", "b"], Read(_files.AfterKill()));
    }

    [Fact]
    public void What_was_synced_survives_a_power_cut_and_the_rest_may_not()
    {
        using var store = StoreFixture.Open(_files);
        store.Definitions.Append("a"u8);
        using var completion = new Completion();
        store.Definitions.RequestSync(completion);
        completion.Wait();
        store.Definitions.Append("b"u8);
        Assert.Equal(["a"], Read(_files.AfterPowerCut(new Random(1), keep: 0)));
    }

    private static int[] Ends()
    {
        var at = 32;
        return [.. s_records.Select(record => at += 12 + record.Length)];
    }

    private static List<string> Read(MemoryFileSystem files, LogCollector? logger = null)
    {
        using var store = StoreFixture.Open(files, log: logger);
        var records = store.Definitions.ReadAll().Select(record => Encoding.UTF8.GetString(record.Span)).ToList();
        Assert.Equal(store.Definitions.RecordCount, records.Count);
        return records;
    }

    private void Write(params string[] records)
    {
        using var store = StoreFixture.Open(_files);
        foreach (var record in records) store.Definitions.Append(Encoding.UTF8.GetBytes(record));
    }
}
