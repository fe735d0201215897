using System.Buffers;
using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>
/// Publishes encoded once and sent again and again: method, header and body frames of many messages in one piece of memory, of which a
/// publisher changes the stamps alone.
/// </summary>
internal sealed class MessageBatch
{
    // Large enough that a send costs little per message, small enough to stay in the cache of a core.
    private const int BytesWanted = 128 * 1024;
    private const int MessagesMax = 8192;

    // So that a range of sizes is represented evenly.
    private const int MessagesOfManySizes = 256;
    private const int ManySizesBytesMax = 16 << 20;

    private readonly List<int> _starts = [0];
    private readonly List<int> _bodyStarts = [];
    private readonly List<int> _bodySizes = [];
    private readonly List<long> _bodyBytesBefore = [0];
    private readonly List<long> _copiesBefore = [0];
    private readonly List<long> _copiedBytesBefore = [0];
    private readonly List<long> _unroutableBefore = [0];

    private MessageBatch(MessageTemplate template, uint frameMaxBytes, int seed)
    {
        BodyFrameBytesMax = (int)frameMaxBytes - Frame.OverheadBytes;
        var random = new Random(seed);
        var properties = template.EncodeProperties();
        var exchange = Encoding.UTF8.GetBytes(template.Exchange);
        var keys = template.RoutingKeys.Select(Encoding.UTF8.GetBytes).ToArray();
        var writer = new ArrayBufferWriter<byte>(BytesWanted * 2);
        do
        {
            // Whole rounds, so that every key gets its share.
            for (var key = 0; key < keys.Length; key++)
            {
                var size = random.Next(template.BodyBytes.Min, template.BodyBytes.Max + 1);
                Append(writer, new BasicPublish(exchange, keys[key], template.Mandatory, false), properties, size);
                _starts.Add(writer.WrittenCount);
                _bodySizes.Add(size);
                _bodyBytesBefore.Add(_bodyBytesBefore[^1] + size);
                var copies = template.Copies.Count > 0 ? template.Copies[key] : 0;
                _copiesBefore.Add(_copiesBefore[^1] + copies);
                _copiedBytesBefore.Add(_copiedBytesBefore[^1] + ((long)size * copies));
                _unroutableBefore.Add(_unroutableBefore[^1] + (copies == 0 ? 1 : 0));
            }
        }
        while (!IsEnough(writer.WrittenCount, template.BodyBytes.IsFixed));

        Bytes = writer.WrittenSpan.ToArray();
        Starts = [.. _starts];
        BodyStarts = [.. _bodyStarts];
        BodySizes = [.. _bodySizes];
    }

    public byte[] Bytes { get; }

    public int Count => BodyStarts.Length;

    /// <summary>Where each message starts, and after the last where it ends.</summary>
    public int[] Starts { get; }

    /// <summary>Where each message's body starts in its first body frame.</summary>
    public int[] BodyStarts { get; }

    public int[] BodySizes { get; }

    public int BodyFrameBytesMax { get; }

    public static MessageBatch Create(MessageTemplate template, uint frameMaxBytes, int seed) => new(template, frameMaxBytes, seed);

    /// <summary>Body bytes of the first <paramref name="messages"/> that are sent when the batch goes round.</summary>
    public long BodyBytes(long messages) => Sum(_bodyBytesBefore, messages);

    /// <summary>How many deliveries those messages become. This and the next two mean nothing if the template did not know.</summary>
    public long Copies(long messages) => Sum(_copiesBefore, messages);

    /// <summary>Body bytes of those deliveries.</summary>
    public long CopiedBytes(long messages) => Sum(_copiedBytesBefore, messages);

    /// <summary>How many of those messages no queue gets.</summary>
    public long Unroutable(long messages) => Sum(_unroutableBefore, messages);

    /// <summary>Writes the whole body of one message, over as many frames as it has.</summary>
    public void FillBody(int message, ulong id)
    {
        var size = BodySizes[message];
        var at = BodyStarts[message];
        for (var position = 0; position < size;)
        {
            var part = Math.Min(size - position, BodyFrameBytesMax);
            BodyPattern.Fill(Bytes.AsSpan(at, part), id, position);
            position += part;
            at += part + Frame.OverheadBytes;
        }
    }

    private long Sum(List<long> before, long messages) => (messages / Count * before[^1]) + before[(int)(messages % Count)];

    private bool IsEnough(int bytes, bool isOneSize) =>
        _bodySizes.Count >= MessagesMax
        || (bytes >= BytesWanted && (isOneSize || _bodySizes.Count >= MessagesOfManySizes || bytes >= ManySizesBytesMax));

    private void Append(ArrayBufferWriter<byte> writer, BasicPublish publish, byte[] properties, int size)
    {
        writer.Advance(publish.WriteFrame(writer.GetSpan(publish.FrameBytes), AmqpLink.Channel));
        var header = new ContentHeader(BasicPublish.ClassId, (ulong)size, properties);
        writer.Advance(header.WriteFrame(writer.GetSpan(header.FrameBytes), AmqpLink.Channel));
        _bodyStarts.Add(writer.WrittenCount + Frame.HeaderBytes);
        for (var left = size; left > 0;)
        {
            var part = Math.Min(left, BodyFrameBytesMax);
            var frame = writer.GetSpan(part + Frame.OverheadBytes);
            frame.Slice(Frame.HeaderBytes, part).Fill((byte)'x');
            FrameWriter.WriteHeader(frame, FrameType.Body, AmqpLink.Channel, part);
            FrameWriter.WriteEnd(frame, part);
            writer.Advance(part + Frame.OverheadBytes);
            left -= part;
        }
    }
}
