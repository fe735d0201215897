namespace HareMQ.Protocol.Tests.Frames;

public sealed class ProtocolHeaderTests
{
    [Theory]
    [InlineData("414D515000000901", true)]
    [InlineData("414D515001010009", true)]
    [InlineData("414D515003010000", false)]
    [InlineData("414D515000000A00", false)]
    [InlineData("474554202F204854", false)]
    [InlineData("1603010200010001", false)]
    public void Only_0_9_1_and_its_older_spelling_are_accepted(string hex, bool expected)
    {
        Assert.True(ProtocolHeader.TryRead(Convert.FromHexString(hex), out var accepted));
        Assert.Equal(expected, accepted);
    }

    [Fact]
    public void Seven_bytes_are_not_enough() => Assert.False(ProtocolHeader.TryRead("AMQP\0\0\t"u8, out _));

    [Fact]
    public void Frames_may_follow_the_header_at_once() =>
        Assert.True(ProtocolHeader.TryRead([.. ProtocolHeader.Answer, .. FrameWriter.Heartbeat], out var accepted) && accepted);

    [Fact]
    public void The_answer_names_0_9_1() => Assert.Equal("414D515000000901", Convert.ToHexString(ProtocolHeader.Answer));
}
