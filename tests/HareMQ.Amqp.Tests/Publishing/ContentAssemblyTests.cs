using HareMQ.Amqp.Publishing;
using HareMQ.Broker.Messages;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Amqp.Tests.Publishing;

public sealed class ContentAssemblyTests : IBatchOwner
{
    private static readonly byte[] s_properties = [0, 0];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(65_536, 65_536)]
    [InlineData(65_537, 131_064)]
    [InlineData(3_000_000, 131_064)]
    [InlineData(3_000_000, 1)]
    [InlineData(3_000_000, 3_000_000)]
    public void A_body_is_what_its_frames_held_and_becomes_a_record_where_it_is(int bodyBytes, int frameBytes)
    {
        var body = new byte[bodyBytes];
        new Random(1).NextBytes(body);
        var content = Start(bodyBytes);
        var frame = frameBytes == 1 ? Math.Max(1, bodyBytes / 1000) : frameBytes;
        for (var at = 0; at < bodyBytes; at += frame)
        {
            Assert.False(content.IsComplete);
            content.AddBody(body.AsSpan(at, Math.Min(frame, bodyBytes - at)));
        }

        Assert.True(content.IsComplete);
        Assert.Equal(body, content.Body);
        Assert.Equal((ulong)bodyBytes, content.Header.BodyBytes);

        var head = new MessageHead { Exchange = "orders"u8, RoutingKey = "order.new"u8, Properties = s_properties, Persistent = true, TimestampMs = 1 };
        var batch = PublishBatch.Rent(this);
        Assert.True(batch.TryAdopt(head, content.Buffer, content.BodyAt));
        Assert.Equal(body, batch.Begin(head, bodyBytes));
        var range = batch.Records.End();
        batch.Records.Seal();
        Assert.True(RecordView.TryParse(batch.Records.WrittenSpan[range.Offset..], out var record));
        Assert.Equal(body, record.Body);
        Assert.Equal("order.new"u8, record.RoutingKey);
        Assert.False(batch.TryAdopt(head, content.Buffer, content.BodyAt), "a second record cannot have a buffer of its own");
        batch.Abandon();
    }

    [Fact]
    public void What_is_only_announced_takes_no_memory()
    {
        const int Announced = 500_000_000;
        var content = Start(Announced);
        Assert.True(content.Buffer.Length < 100_000);
        var frame = new byte[100_000];
        for (var arrived = 0; arrived < Announced / 10; arrived += frame.Length)
        {
            content.AddBody(frame);
            Assert.True(content.Buffer.Length < (3 * (arrived + frame.Length)) + 100_000);
        }
    }

    [Fact]
    public void More_than_was_announced_is_refused()
    {
        var content = Start(100);
        content.AddBody(new byte[60]);
        Assert.Throws<ConnectionException>(() => content.AddBody(new byte[41]));
    }

    void IBatchOwner.BatchEnded(int bytes)
    {
    }

    private static ContentAssembly Start(int bodyBytes)
    {
        var content = new ContentAssembly([]);
        content.AddHeader(new ContentHeader(BasicPublish.ClassId, (ulong)bodyBytes, s_properties));
        return content;
    }
}
