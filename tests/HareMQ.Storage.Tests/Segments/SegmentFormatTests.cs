using System.Buffers.Binary;

namespace HareMQ.Storage.Tests;

/// <summary>What is on disk of format 1. May grow, must not change.</summary>
public sealed class SegmentFormatTests
{
    [Fact]
    public void The_bytes_of_a_segment_header_are_these()
    {
        var bytes = new byte[64];
        new SegmentHeader(1, 2, 0x0A0B0C0D0E0F1011, 0x1112131415161718).Write(bytes);
        byte[] expected =
        [
            .. "HAREMQSG"u8,
            1, 0, 0, 0,
            2, 0, 0, 0,
            0x11, 0x10, 0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A,
            0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,
            .. new byte[28],
        ];
        Assert.Equal([.. expected, .. BitConverter.GetBytes(Crc32C.Compute(expected))], bytes);
        Assert.True(SegmentHeader.TryRead(bytes, out var header));
        Assert.Equal(new SegmentHeader(1, 2, 0x0A0B0C0D0E0F1011, 0x1112131415161718), header);
    }

    [Fact]
    public void The_bytes_of_a_segment_footer_are_these()
    {
        var totals = new SegmentTotals { PersistentRecords = 3, TransientRecords = 4, PersistentBodyBytes = 5, TransientBodyBytes = 6 };
        var bytes = new byte[64];
        new SegmentFooter(0x1112131415161718, totals, 7).Write(bytes);
        byte[] expected =
        [
            .. "HAREMQSF"u8,
            0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,
            3, 0, 0, 0,
            4, 0, 0, 0,
            5, 0, 0, 0, 0, 0, 0, 0,
            6, 0, 0, 0, 0, 0, 0, 0,
            7, 0, 0, 0,
            .. new byte[16],
        ];
        Assert.Equal([.. expected, .. BitConverter.GetBytes(Crc32C.Compute(expected))], bytes);
        Assert.True(SegmentFooter.TryRead(bytes, 0x1112131415161718, out var footer));
        Assert.Equal((totals, 7u), (footer.Totals, footer.End));
        Assert.False(SegmentFooter.TryRead(bytes, 1, out _));
    }

    [Fact]
    public void The_bytes_of_a_block_header_are_these()
    {
        var bytes = new byte[32];
        new BlockHeader(1000, 0x1112131415161718, 9, 0x21222324).Write(bytes);
        byte[] expected =
        [
            .. "HBLK"u8,
            0xE8, 3, 0, 0,
            0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,
            9, 0, 0, 0,
            0x24, 0x23, 0x22, 0x21,
            0, 0, 0, 0,
        ];
        Assert.Equal([.. expected, .. BitConverter.GetBytes(Crc32C.Compute(expected))], bytes);
    }

    [Fact]
    public void A_block_header_with_one_wrong_byte_is_repaired_and_a_foreign_one_is_not()
    {
        const ulong Generation = 0x1112131415161718;
        var header = new BlockHeader(1000, Generation, 9, 0x21222324);
        var bytes = new byte[32];
        header.Write(bytes);
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in new byte[] { 1, 0x80, 0xFF })
            {
                bytes[at] ^= flip;
                Assert.False(BlockHeader.TryRead(bytes, Generation, out _));
                Assert.True(BlockHeader.TryRepair(bytes, Generation, out var repaired));
                Assert.Equal(header, repaired);
                bytes[at] ^= flip;
            }
        }
        new BlockHeader(1000, ~Generation, 9, 0x21222324).Write(bytes);
        Assert.False(BlockHeader.TryRead(bytes, Generation, out _));
        Assert.False(BlockHeader.TryRepair(bytes, Generation, out _));
    }

    [Fact]
    public void The_bytes_of_an_acknowledgement_file_are_these()
    {
        var name = new SegmentName(2, 0x1112131415161718);
        var bytes = new byte[32 + 12 + 24];
        AckFormat.WriteHeader(bytes, name);
        AckFormat.WriteEntry(bytes.AsSpan(32), 0, AckEntryKind.Acknowledged, 96, 200);
        AckFormat.WriteEntry(bytes.AsSpan(32), 1, AckEntryKind.DeliveredUpTo, 0, 300);
        AckFormat.SealBlock(bytes.AsSpan(32), 2, name.Generation);

        byte[] header = [.. "HAREMQAK"u8, 1, 0, 0, 0, 2, 0, 0, 0, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0, 0, 0, 0];
        byte[] blockStart = [.. "HACK"u8, 2, 0, 0, 0];
        byte[] entries = [1, 0, 0, 0, 96, 0, 0, 0, 200, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x2C, 1, 0, 0];
        var generation = BitConverter.GetBytes(name.Generation);
        byte[] expected =
        [
            .. header, .. BitConverter.GetBytes(Crc32C.Compute(header)),
            .. blockStart, .. BitConverter.GetBytes(Crc32C.Compute([.. generation, .. blockStart, .. entries])), .. entries,
        ];
        Assert.Equal(expected, bytes);
        var read = AcknowledgedRanges.Read(bytes, name);
        Assert.Equal((300u, 0L, (uint)bytes.Length), (read.DeliveredUpTo, read.DroppedBytes, read.FileEnd));
        Assert.Equal([false, true, true, false], new uint[] { 95, 96, 199, 200 }.Select(read.Contains));
        Assert.False(AcknowledgedRanges.Read(bytes, name with { Generation = 1 }).Contains(96));
    }

    [Fact]
    public void A_file_is_named_after_its_number_and_its_generation()
    {
        var name = new SegmentName(0x1F, 0xABC);
        Assert.Equal("0000001f-0000000000000abc.seg", name.SegmentFile);
        Assert.Equal("0000001f-0000000000000abc.ack", name.AckFile);
        Assert.True(SegmentName.TryParse(name.SegmentFile, ".seg", out var parsed));
        Assert.Equal(name, parsed);
        string[] others = [name.AckFile, name.SegmentFile + "x", "0000001f_0000000000000abc.seg", "0000001g-000000000000abc.seg"];
        foreach (var other in others)
            Assert.False(SegmentName.TryParse(other, ".seg", out _));
    }

    [Fact]
    public void A_log_written_by_hand_is_read()
    {
        var files = new MemoryFileSystem();
        var name = new SegmentName(5, 0xFEED);
        var batch = RecordBatch.Rent();
        StoreFixture.Add(batch, "one");
        StoreFixture.Add(batch, "two");
        batch.Seal();
        var file = new byte[64 + 32 + batch.WrittenBytes + 500];
        new SegmentHeader(1, 5, 1, 0xFEED).Write(file);
        new BlockHeader(32 + batch.WrittenBytes, 0xFEED, 2, batch.Stamp).Write(file.AsSpan(64));
        batch.WrittenSpan.CopyTo(file.AsSpan(96));
        batch.Release();
        files.CreateDirectory(StoreFixture.LogDirectory(1));
        files[$"{StoreFixture.LogDirectory(1)}/{name.SegmentFile}"] = file;
        Assert.Equal(["one", "two"], StoreFixture.Recover(files));
    }

    [Fact]
    public void A_segment_of_a_newer_format_is_refused()
    {
        var files = new MemoryFileSystem();
        var file = new byte[1024];
        new SegmentHeader(2, 5, 1, 0xFEED).Write(file);
        files.CreateDirectory(StoreFixture.LogDirectory(1));
        files[$"{StoreFixture.LogDirectory(1)}/{new SegmentName(5, 0xFEED).SegmentFile}"] = file;
        using var store = StoreFixture.Open(files);
        Assert.Contains("newer version", Assert.Throws<StorageException>(() => store.OpenLog(1)).Message);
    }

    [Fact]
    public void Magic_numbers_spell_their_names() => Assert.Equal(0x4B4C4248u, BinaryPrimitives.ReadUInt32LittleEndian("HBLK"u8));
}
