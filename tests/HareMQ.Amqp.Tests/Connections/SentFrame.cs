using HareMQ.Protocol;

namespace HareMQ.Amqp.Tests.Connections;

/// <summary>One frame that a writer has sent.</summary>
internal sealed record SentFrame(FrameType Type, ushort Channel, byte[] Payload)
{
    public AmqpMethod Method => MethodHeader.TryRead(Payload, out var method, out _) ? method : default;

    public ReadOnlySpan<byte> Arguments => Payload.AsSpan(MethodHeader.Bytes);

    /// <summary>All frames of a stream, which must be whole.</summary>
    public static List<SentFrame> Parse(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<SentFrame>();
        while (!bytes.IsEmpty)
        {
            Assert.True(Frame.TryRead(bytes, int.MaxValue, out var frame, out var consumed), "the stream ends inside a frame");
            frames.Add(new SentFrame(frame.Type, frame.Channel, frame.Payload.ToArray()));
            bytes = bytes[consumed..];
        }

        return frames;
    }
}
