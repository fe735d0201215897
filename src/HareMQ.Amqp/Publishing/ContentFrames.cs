using System.Buffers.Binary;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Publishing;

internal enum ContentState
{
    /// <summary>Header and all body frames are there, one after the other.</summary>
    Complete,

    /// <summary>More bytes are needed to tell.</summary>
    Incomplete,

    /// <summary>Too large to wait for, interleaved with another channel's frames, or wrong: take it frame by frame.</summary>
    Piecemeal,
}

/// <summary>Finds the whole content of a publish in the receive buffer, so that it is copied only once: into its record.</summary>
internal static class ContentFrames
{
    /// <summary>A content larger than this is assembled apart, so that it need not fit the receive buffer.</summary>
    private const int ContiguousBytesMax = 128 * 1024;

    /// <summary>
    /// Header and frames of a smaller body can be much larger than it: more than this is not waited for either. Leaves room in the receive
    /// buffer for the publish method and for one more read.
    /// </summary>
    private const int WaitingBytesMax = 192 * 1024;

    /// <param name="buffer">What follows the publish method's frame.</param>
    /// <param name="bodyFrames">All body frames, to be copied with <see cref="CopyBody"/>.</param>
    /// <param name="consumedBytes">Bytes of header and body frames.</param>
    public static ContentState Find(
        ReadOnlySpan<byte> buffer, ushort channel, uint frameMaxBytes, out ContentHeader header, out ReadOnlySpan<byte> bodyFrames, out int consumedBytes)
    {
        header = default;
        bodyFrames = default;
        if (!Frame.TryRead(buffer, frameMaxBytes, out var frame, out consumedBytes)) return NeedsMore(buffer);
        if (frame.Type != FrameType.Header || frame.Channel != channel) return ContentState.Piecemeal;
        header = ContentHeader.Read(frame.Payload);
        if (header.BodyBytes > ContiguousBytesMax) return ContentState.Piecemeal;
        var start = consumedBytes;
        for (var left = (int)header.BodyBytes; left > 0; left -= frame.Payload.Length)
        {
            if (!Frame.TryRead(buffer[consumedBytes..], frameMaxBytes, out frame, out var bytes)) return NeedsMore(buffer);
            if (frame.Type != FrameType.Body || frame.Channel != channel || frame.Payload.Length > left) return ContentState.Piecemeal;
            consumedBytes += bytes;
        }

        bodyFrames = buffer[start..consumedBytes];
        return ContentState.Complete;
    }

    public static void CopyBody(ReadOnlySpan<byte> bodyFrames, Span<byte> body)
    {
        while (!body.IsEmpty)
        {
            var bytes = BinaryPrimitives.ReadInt32BigEndian(bodyFrames[3..]);
            bodyFrames.Slice(Frame.HeaderBytes, bytes).CopyTo(body);
            body = body[bytes..];
            bodyFrames = bodyFrames[(bytes + Frame.OverheadBytes)..];
        }
    }

    private static ContentState NeedsMore(ReadOnlySpan<byte> buffer) =>
        buffer.Length < WaitingBytesMax ? ContentState.Incomplete : ContentState.Piecemeal;
}
