using HareMQ.Amqp.Publishing;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Publishing;

public sealed class ContentFramesTests
{
    private const ushort Channel = 3;
    private const uint FrameMaxBytes = 131_072;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1000, 1000)]
    [InlineData(1000, 7)]
    [InlineData(128 * 1024, 4088)]
    public void A_content_is_found_once_its_last_byte_is_there_and_copied_whole(int bodyBytes, int pieceBytes)
    {
        var body = RandomBytes(bodyBytes);
        var frames = Encode(body, pieceBytes);
        byte[] received = [.. frames, 1, 2, 3];
        var step = Math.Max(1, frames.Length / 200);
        for (var length = 0; length < frames.Length; length += step)
            Assert.Equal(ContentState.Incomplete, Find(received.AsSpan(0, length), out _, out _));
        Assert.Equal(ContentState.Incomplete, Find(received.AsSpan(0, frames.Length - 1), out _, out _));
        Assert.Equal(ContentState.Complete, Find(received, out var bodyFrames, out var consumed));
        Assert.Equal(frames.Length, consumed);
        var copy = new byte[bodyBytes];
        ContentFrames.CopyBody(bodyFrames, copy);
        Assert.Equal(body, copy);
    }

    [Fact]
    public void Empty_body_frames_in_between_are_skipped()
    {
        byte[] frames = [.. Header(2), .. Body([1]), .. Body([]), .. Body([2])];
        Assert.Equal(ContentState.Complete, Find(frames, out var bodyFrames, out _));
        var copy = new byte[2];
        ContentFrames.CopyBody(bodyFrames, copy);
        Assert.Equal([1, 2], copy);
    }

    [Fact]
    public void Another_channels_frame_in_between_makes_it_piecemeal()
    {
        Assert.Equal(ContentState.Piecemeal, Find(Header(2, channel: 4)));
        byte[] frames = [.. Header(2), .. Body([1]), .. Body([2], channel: 4)];
        Assert.Equal(ContentState.Piecemeal, Find(frames));
    }

    [Fact]
    public void More_body_than_announced_is_left_to_the_slow_path()
    {
        byte[] frames = [.. Header(2), .. Body([1, 2, 3])];
        Assert.Equal(ContentState.Piecemeal, Find(frames));
    }

    [Fact]
    public void A_second_header_is_left_to_the_slow_path()
    {
        byte[] frames = [.. Header(2), .. Header(2)];
        Assert.Equal(ContentState.Piecemeal, Find(frames));
    }

    [Fact]
    public void A_body_that_need_not_fit_the_receive_buffer_is_not_waited_for() =>
        Assert.Equal(ContentState.Piecemeal, Find(Header(128 * 1024 + 1)));

    [Fact]
    public void A_small_body_in_very_many_frames_is_not_waited_for_without_end()
    {
        var frames = Encode(RandomBytes(100_000), pieceBytes: 1);
        Assert.Equal(ContentState.Incomplete, Find(frames.AsSpan(0, 100_000), out _, out _));
        Assert.Equal(ContentState.Piecemeal, Find(frames.AsSpan(0, 200_000), out _, out _));
    }

    [Fact]
    public void A_large_header_in_front_of_a_large_body_is_not_waited_for_without_end()
    {
        byte[] frames = [.. Header(130_000, propertyBytes: 130_000), .. Body(RandomBytes(65_000)), .. Body(RandomBytes(65_000))];
        Assert.Equal(ContentState.Piecemeal, Find(frames.AsSpan(0, 200_000), out _, out _));
    }

    [Fact]
    public void A_frame_beyond_the_limit_is_refused_as_soon_as_its_size_is_known() =>
        Assert.Throws<ConnectionException>(() => Find(Body(RandomBytes((int)FrameMaxBytes + 1)).AsSpan(0, Frame.HeaderBytes).ToArray()));

    private static ContentState Find(byte[] buffer) => Find(buffer, out _, out _);

    private static ContentState Find(ReadOnlySpan<byte> buffer, out ReadOnlySpan<byte> bodyFrames, out int consumed) =>
        ContentFrames.Find(buffer, Channel, FrameMaxBytes, out _, out bodyFrames, out consumed);

    private static byte[] Encode(byte[] body, int pieceBytes)
    {
        var frames = new List<byte>(Header(body.Length));
        for (var at = 0; at < body.Length; at += pieceBytes) frames.AddRange(Body(body.AsSpan(at, Math.Min(pieceBytes, body.Length - at))));
        return [.. frames];
    }

    private static byte[] Header(int bodyBytes, ushort channel = Channel, int propertyBytes = 2)
    {
        var header = new ContentHeader(BasicPublish.ClassId, (ulong)bodyBytes, new byte[propertyBytes]);
        var frame = new byte[header.FrameBytes];
        header.WriteFrame(frame, channel);
        return frame;
    }

    private static byte[] Body(ReadOnlySpan<byte> body, ushort channel = Channel)
    {
        var frame = new byte[body.Length + Frame.OverheadBytes];
        FrameWriter.WriteBody(body, frame, channel);
        return frame;
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
