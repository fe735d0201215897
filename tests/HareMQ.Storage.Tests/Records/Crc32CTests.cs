namespace HareMQ.Storage.Tests;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_catalogue_is_met()
    {
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0u, Crc32C.Compute([]));
    }

    // RFC 3720, B.4.
    [Fact]
    public void The_vectors_of_iscsi_are_met()
    {
        var ascending = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(ascending));
        Assert.Equal(0x113FDB5Cu, Crc32C.Compute(ascending.Reverse().ToArray()));
    }

    [Fact]
    public void Every_length_gives_the_same_by_instruction_and_by_table()
    {
        var bytes = new byte[16 << 10];
        new Random(1).NextBytes(bytes);
        for (var length = 0; length < bytes.Length - 3; length = length < 2200 ? length + 1 : length + 97)
        {
            var span = bytes.AsSpan(length % 3, length);
            Assert.Equal(Crc32C.UpdateSoftware(Crc32C.Start, span), Crc32C.UpdateHardware(Crc32C.Start, span));
        }
    }

    [Fact]
    public void Pieces_make_the_same_as_the_whole()
    {
        var bytes = new byte[5000];
        new Random(2).NextBytes(bytes);
        var state = Crc32C.Start;
        state = Crc32C.Update(state, BitConverter.ToUInt32(bytes, 0));
        state = Crc32C.Update(state, BitConverter.ToUInt64(bytes, 4));
        state = Crc32C.Update(state, bytes.AsSpan(12));
        Assert.Equal(Crc32C.Compute(bytes), ~state);
    }
}
