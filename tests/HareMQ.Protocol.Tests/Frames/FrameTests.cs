using System.Buffers.Binary;

namespace HareMQ.Protocol.Tests.Frames;

public sealed class FrameTests
{
    private const uint FrameMaxBytes = 4096;

    [Fact]
    public void A_frame_reads_back_as_it_was_written() => Properties.Hold(Generate.AnyBytes, body =>
    {
        var buffer = Body(body, channel: 513);

        Assert.True(Frame.TryRead(buffer, FrameMaxBytes, out var frame, out var consumedBytes));
        Assert.Equal(FrameType.Body, frame.Type);
        Assert.Equal(513, frame.Channel);
        Assert.Equal(body, frame.Payload.ToArray());
        Assert.Equal(buffer.Length, consumedBytes);
    });

    [Fact]
    public void Fewer_bytes_than_a_frame_ask_for_more()
    {
        var buffer = Body([1, 2, 3], channel: 1);
        for (var length = 0; length < buffer.Length; length++)
        {
            Assert.False(Frame.TryRead(buffer.AsSpan(0, length), FrameMaxBytes, out _, out var consumedBytes));
            Assert.Equal(0, consumedBytes);
        }
    }

    [Fact]
    public void Frames_in_one_buffer_are_read_one_after_another()
    {
        byte[] buffer = [.. Body([1], channel: 1), .. FrameWriter.Heartbeat, .. Body([2], channel: 2)];
        var channels = new List<ushort>();
        var position = 0;
        while (Frame.TryRead(buffer.AsSpan(position), FrameMaxBytes, out var frame, out var consumedBytes))
        {
            channels.Add(frame.Channel);
            position += consumedBytes;
        }

        Assert.Equal(buffer.Length, position);
        Assert.Equal<ushort>([1, 0, 2], channels);
    }

    [Fact]
    public void The_limit_has_8_bytes_of_grace()
    {
        Assert.True(Frame.TryRead(Body(new byte[FrameMaxBytes], channel: 1), FrameMaxBytes, out _, out _));
        var error = Error(Body(new byte[FrameMaxBytes + 1], channel: 1));
        Assert.Equal("FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,4097,4088}", error?.Message);
    }

    [Theory]
    [InlineData(4097u)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0x80000000u)]
    [InlineData(0xFFFFFFFFu)]
    public void An_oversize_frame_is_refused_on_its_header_alone(uint payloadBytes)
    {
        var header = new byte[Frame.HeaderBytes];
        header[0] = (byte)FrameType.Body;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(3), payloadBytes);

        Assert.Equal(ReplyCode.FrameError, Error(header)?.Code);
    }

    [Fact]
    public void A_wrong_end_octet_is_a_frame_error()
    {
        var buffer = Body([1, 2, 3], channel: 1);
        buffer[^1] = 65;

        Assert.Equal("FRAME_ERROR - type 3: {invalid_frame_end_marker,65}", Error(buffer)?.Message);
    }

    [Fact]
    public void Only_four_types_are_known()
    {
        for (var type = 0; type <= byte.MaxValue; type++)
        {
            byte[] frame = [(byte)type, 0, 0, 0, 0, 0, 0, Frame.End];
            if (type is 1 or 2 or 3 or 8) Assert.Null(Error(frame));
            else Assert.Equal(ReplyCode.FrameError, Error(frame)?.Code);
        }
    }

    [Fact]
    public void A_heartbeat_belongs_to_channel_0_and_is_empty()
    {
        Assert.Equal(ReplyCode.UnexpectedFrame, Error([8, 0, 1, 0, 0, 0, 0, Frame.End])?.Code);
        Assert.Equal(ReplyCode.FrameError, Error([8, 0, 0, 0, 0, 0, 1, 0, Frame.End])?.Code);
    }

    private static byte[] Body(byte[] body, ushort channel)
    {
        var buffer = new byte[body.Length + Frame.OverheadBytes];
        Assert.Equal(buffer.Length, FrameWriter.WriteBody(body, buffer, channel));
        return buffer;
    }

    private static AmqpException? Error(byte[] buffer)
    {
        try
        {
            Frame.TryRead(buffer, FrameMaxBytes, out _, out _);
            return null;
        }
        catch (ConnectionException error)
        {
            return error;
        }
    }
}
