namespace HareMQ.Protocol.Tests.Content;

public sealed class ContentHeaderTests
{
    // class 60, weight 0, 5 bytes of body, delivery mode 2
    private const string Golden = "003C" + "0000" + "0000000000000005" + "1000" + "02";

    [Fact]
    public void Writes_and_reads_the_specified_layout()
    {
        var header = new ContentHeader(60, 5, Convert.FromHexString("100002"));
        var frame = new byte[header.FrameBytes];

        Assert.Equal(frame.Length, header.WriteFrame(frame, channel: 3));
        Assert.Equal("02" + "0003" + "0000000F" + Golden + "CE", Convert.ToHexString(frame));
        var read = ContentHeader.Read(Convert.FromHexString(Golden));
        Assert.Equal(60, read.ClassId);
        Assert.Equal(5ul, read.BodyBytes);
        Assert.Equal("100002", Convert.ToHexString(read.Properties));
    }

    [Fact]
    public void A_header_without_room_for_the_flags_is_cut_off()
    {
        for (var length = 0; length < 14; length++)
            Assert.Equal(ReplyCode.FrameError, Error(Convert.FromHexString(Golden)[..length])?.Code);
    }

    [Fact]
    public void The_weight_must_be_0()
    {
        var payload = Convert.FromHexString(Golden);
        payload[3] = 1;
        Assert.Equal(ReplyCode.FrameError, Error(payload)?.Code);
    }

    [Theory]
    [InlineData("0000000020000000", null)]
    [InlineData("0000000020000001", "FRAME_ERROR - content body size 536870913 exceeds maximum allowed size 536870912")]
    [InlineData("FFFFFFFFFFFFFFFF", "FRAME_ERROR - content body size 18446744073709551615 exceeds maximum allowed size 536870912")]
    public void A_body_beyond_512_MiB_is_refused(string bodyBytes, string? expected) =>
        Assert.Equal(expected, Error(Convert.FromHexString("003C0000" + bodyBytes + "0000"))?.Message);

    private static ConnectionException? Error(byte[] payload)
    {
        try
        {
            ContentHeader.Read(payload);
            return null;
        }
        catch (ConnectionException error)
        {
            return error;
        }
    }
}
