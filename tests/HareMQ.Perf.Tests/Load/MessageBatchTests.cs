using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Perf.Tests;

/// <summary>What is sent is read back with the broker's own reader.</summary>
public sealed class MessageBatchTests
{
    private const uint FrameMax = 4096;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(16, 16)]
    [InlineData(4088, 4088)]
    [InlineData(4089, 10_000)]
    public void Every_message_is_a_whole_publish_of_its_size(int min, int max)
    {
        var batch = Create(new SizeRange(min, max), ["a", "b", "c"]);
        var messages = Read(batch);
        Assert.Equal(batch.Count, messages.Count);
        Assert.Equal(0, batch.Count % 3);
        Assert.All(messages, (message, index) =>
        {
            Assert.Equal("abc"[index % 3].ToString(), message.Key);
            Assert.Equal(batch.BodySizes[index], message.Body.Length);
            Assert.InRange(message.Body.Length, min, max);
        });
        Assert.True(min == max || messages.Select(message => message.Body.Length).Distinct().Count() > batch.Count / 2);
    }

    [Fact]
    public void Stamp_and_pattern_survive_bodies_of_several_frames()
    {
        var batch = Create(SizeRange.Of(9000), ["k"]);
        var id = MessageStamp.IdOf(7, 123_456_789);
        batch.FillBody(1, id);
        new MessageStamp(id, 42).WriteTo(batch.Bytes.AsSpan(batch.BodyStarts[1]));
        var body = Read(batch)[1].Body;
        var stamp = MessageStamp.Read(body);
        Assert.Equal((7, 123_456_789, 42), (stamp.Publisher, stamp.Sequence, stamp.Time));
        Assert.True(BodyPattern.Matches(body.AsSpan(MessageStamp.Bytes), id, MessageStamp.Bytes));
        body[5000] ^= 1;
        Assert.False(BodyPattern.Matches(body.AsSpan(MessageStamp.Bytes), id, MessageStamp.Bytes));
        Assert.False(BodyPattern.Matches(body.AsSpan(MessageStamp.Bytes), id + 1, MessageStamp.Bytes));
    }

    [Fact]
    public void Sums_go_round_with_the_batch()
    {
        var template = new MessageTemplate { Exchange = "x", RoutingKeys = ["a", "b"], Copies = [3, 0], BodyBytes = new SizeRange(1, 100) };
        var batch = MessageBatch.Create(template, FrameMax, seed: 1);
        var sent = (2L * batch.Count) + 3;
        var sizes = Enumerable.Range(0, (int)sent).Select(i => (long)batch.BodySizes[i % batch.Count]).ToArray();
        Assert.Equal(sizes.Sum(), batch.BodyBytes(sent));
        Assert.Equal(3 * ((sent + 1) / 2), batch.Copies(sent));
        Assert.Equal(3 * sizes.Where((_, index) => index % 2 == 0).Sum(), batch.CopiedBytes(sent));
        Assert.Equal(sent / 2, batch.Unroutable(sent));
    }

    [Fact]
    public void Properties_are_what_was_asked_for()
    {
        var encoded = new MessageTemplate
        {
            Exchange = "", RoutingKeys = ["k"], Persistent = true, Priority = 9, Headers = TypedField.Table([TypedField.Parse("a=1")]),
        }.EncodeProperties();
        var properties = BasicProperties.Read(encoded);
        Assert.True(properties.IsPersistent);
        Assert.Equal(9, properties.Priority);
        Assert.True(FieldTable.FromEncoded(properties.Headers).TryGet("a", out var value) && value.TryGetInteger(out var one) && one == 1);
    }

    private static MessageBatch Create(SizeRange size, string[] keys) =>
        MessageBatch.Create(new MessageTemplate { Exchange = "x", RoutingKeys = keys, BodyBytes = size }, FrameMax, seed: 1);

    private static List<(string Key, byte[] Body)> Read(MessageBatch batch)
    {
        var messages = new List<(string, byte[])>();
        ReadOnlySpan<byte> rest = batch.Bytes;
        while (!rest.IsEmpty)
        {
            Assert.Equal(batch.Starts[messages.Count], batch.Bytes.Length - rest.Length);
            MethodHeader.TryRead(Next(ref rest).Payload, out _, out var arguments);
            var publish = BasicPublish.Read(arguments);
            var body = new byte[ContentHeader.Read(Next(ref rest).Payload).BodyBytes];
            for (var at = 0; at < body.Length;)
            {
                var part = Next(ref rest).Payload;
                part.CopyTo(body.AsSpan(at));
                at += part.Length;
            }

            messages.Add((Encoding.UTF8.GetString(publish.RoutingKey), body));
        }

        return messages;
    }

    private static Frame Next(ref ReadOnlySpan<byte> rest)
    {
        Assert.True(Frame.TryRead(rest, FrameMax - Frame.OverheadBytes, out var frame, out var bytes));
        rest = rest[bytes..];
        return frame;
    }
}
