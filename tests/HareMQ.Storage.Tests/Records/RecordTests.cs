using System.Buffers.Binary;

namespace HareMQ.Storage.Tests;

public sealed class RecordTests
{
    [Fact]
    public void The_bytes_of_a_record_are_these()
    {
        var batch = RecordBatch.Rent();
        "body"u8.CopyTo(batch.Begin("ex"u8, "key"u8, "props"u8, 4, RecordFlags.Persistent, 9, 0x0102030405060708, 0x1112131415161718));
        batch.End();
        batch.Seal();
        var bytes = batch.WrittenSpan.ToArray();

        byte[] expected =
        [
            50, 0, 0, 0,
            .. bytes[4..8],
            .. BitConverter.GetBytes(batch.Stamp),
            1, 9, 2, 3,
            8, 7, 6, 5, 4, 3, 2, 1,
            0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,
            5, 0, 0, 0,
            .. "exkeypropsbody"u8,
        ];
        Assert.Equal(expected, bytes);
        Assert.Equal(Crc32C.Compute([.. bytes[..4], .. bytes[8..]]), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)));
        batch.Release();
    }

    [Fact]
    public void Flags_keep_their_numbers()
    {
        Assert.Equal(0, (byte)RecordFlags.None);
        Assert.Equal(1, (byte)RecordFlags.Persistent);
    }

    [Fact]
    public void A_record_is_read_as_it_was_written()
    {
        var batch = RecordBatch.Rent();
        batch.Begin([], [], [], 0, RecordFlags.None, 0, 0, 0);
        var empty = batch.End();
        "hello"u8.CopyTo(batch.Begin("ex"u8, "routing"u8, "pp"u8, 5, RecordFlags.Persistent, 7, 42, 43));
        var full = batch.End();
        Assert.Equal(2, batch.Count);
        Assert.Equal(empty.Bytes + full.Bytes, batch.WrittenBytes);
        batch.Seal();

        Assert.True(RecordView.TryParse(batch.WrittenSpan[empty.Offset..], out var view));
        Assert.Equal(0, view.BodyBytes);
        Assert.False(view.IsPersistent);
        Assert.True(RecordView.TryParse(batch.WrittenSpan[full.Offset..], out view));
        Assert.Equal("ex"u8, view.Exchange);
        Assert.Equal("routing"u8, view.RoutingKey);
        Assert.Equal("pp"u8, view.Properties);
        Assert.Equal("hello"u8, view.Body);
        Assert.Equal((RecordFlags.Persistent, (byte)7, 42L, 43L), (view.Flags, view.Priority, view.TimestampMs, view.ExpiresAtMs));
        batch.Release();
    }

    [Fact]
    public void No_changed_byte_and_no_missing_byte_goes_unnoticed()
    {
        var batch = RecordBatch.Rent();
        "some body"u8.CopyTo(batch.Begin("ex"u8, "routing"u8, "pp"u8, 9, RecordFlags.Persistent, 7, 42, 43));
        batch.End();
        batch.Seal();
        var bytes = batch.WrittenSpan.ToArray();
        batch.Release();
        for (var at = 0; at < bytes.Length; at++)
        {
            Assert.False(RecordView.TryParse(bytes.AsSpan(0, at), out _));
            for (var flip = 1; flip < 256; flip++)
            {
                bytes[at] ^= (byte)flip;
                Assert.False(RecordView.TryParse(bytes, out _));
                bytes[at] ^= (byte)flip;
            }
        }
    }

    [Fact]
    public void An_abandoned_record_leaves_no_trace()
    {
        var batch = RecordBatch.Rent();
        batch.Begin("ex"u8, "key"u8, [], 100_000, RecordFlags.None, 0, 0, 0);
        batch.Abandon();
        Assert.Equal((0, 0), (batch.Count, batch.WrittenBytes));
        var range = StoreFixture.Add(batch, "kept");
        Assert.Equal(0, range.Offset);
        batch.Seal();
        Assert.True(RecordView.TryParse(batch.WrittenSpan, out var view));
        Assert.Equal("kept"u8, view.Body);
        batch.Release();
    }

    [Fact]
    public void A_batch_is_reused_only_after_the_last_release_and_with_a_new_stamp()
    {
        var batch = RecordBatch.Rent();
        var stamp = batch.Stamp;
        StoreFixture.Add(batch, "x");
        batch.Retain();
        batch.Release();
        Assert.Equal(1, batch.Count);
        batch.Release();
        Assert.Equal(0, batch.Count);

        var next = RecordBatch.Rent();
        Assert.NotEqual(stamp, next.Stamp);
        Assert.NotEqual(0u, next.Stamp);
        next.Release();
    }

    [Fact]
    public void A_batch_without_references_can_neither_be_released_nor_retained()
    {
        Assert.Throws<InvalidOperationException>(new RecordBatch(0).Release);
        Assert.Throws<InvalidOperationException>(new RecordBatch(0).Retain);
    }

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 16384)]
    [InlineData(65_700, 73_728)]
    [InlineData(140_000, 147_456)]
    [InlineData(260_000, 294_912)]
    [InlineData(300_000, 1 << 20)]
    [InlineData((1 << 20) + 1, (1 << 20) + 1)]
    public void A_buffer_is_about_as_large_as_asked_for_also_the_second_time(int asked, int expected)
    {
        for (var i = 0; i < 2; i++)
        {
            var batch = RecordBatch.Rent(asked);
            Assert.Equal(expected, batch.BufferBytes);
            batch.Release();
        }
    }

    [Fact]
    public void A_record_that_is_added_after_the_sealing_is_sealed_by_the_next()
    {
        var batch = RecordBatch.Rent();
        StoreFixture.Add(batch, "first");
        batch.Seal();
        var second = StoreFixture.Add(batch, "second");
        batch.Seal();
        Assert.True(RecordView.TryParse(batch.WrittenSpan, out _));
        Assert.True(RecordView.TryParse(batch.WrittenSpan[second.Offset..], out var view));
        Assert.Equal("second"u8, view.Body);
        batch.Release();
    }

    [Fact]
    public void Names_longer_than_a_short_string_are_refused()
    {
        var batch = RecordBatch.Rent();
        var name = new byte[256];
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Begin(name, [], [], 0, RecordFlags.None, 0, 0, 0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Begin([], name, [], 0, RecordFlags.None, 0, 0, 0).Length);
        Assert.Throws<InvalidOperationException>(() => batch.End());
        batch.Release();
    }

    [Fact]
    public void Positions_are_ordered_by_segment_then_offset()
    {
        var early = new LogPosition(1, 500);
        var late = new LogPosition(2, 3);
        Assert.True(early < late && late > early && early <= late && late >= early);
        Assert.Equal(early, LogPosition.FromPacked(early.Packed));
        Assert.Equal(0x0000_0002_0000_0003ul, late.Packed);
    }
}
