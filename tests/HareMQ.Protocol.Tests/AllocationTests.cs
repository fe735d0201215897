using HareMQ.Protocol.Tests.Content;

namespace HareMQ.Protocol.Tests;

/// <summary>The budget of the hot path: not one byte per message.</summary>
public sealed class AllocationTests
{
    private const int Iterations = 10_000;
    private const uint FrameMaxBytes = 131_072;

    private readonly byte[] _buffer = new byte[4096];

    private delegate int Step(Span<byte> buffer);

    [Fact]
    public void Parsing_a_publish_allocates_nothing()
    {
        var written = new BasicPublish("amq.topic"u8, "orders.created"u8, mandatory: true, immediate: false).WriteFrame(_buffer, 1);
        var properties = EncodedProperties.Of((BasicPropertyFlags)0xFFFC);
        written += new ContentHeader(BasicPublish.ClassId, 3, properties).WriteFrame(_buffer.AsSpan(written), 1);
        written += FrameWriter.WriteBody("abc"u8, _buffer.AsSpan(written), 1);

        AllocatesNothing(buffer => ParsePublish(buffer[..written]));
    }

    [Fact]
    public void Writing_a_delivery_allocates_nothing() => AllocatesNothing(static buffer =>
    {
        var written = new BasicDeliver("consumer"u8, 42, redelivered: false, "amq.topic"u8, "orders.created"u8).WriteFrame(buffer, 1);
        written += new ContentHeader(BasicDeliver.ClassId, 3, [0x10, 0, 2]).WriteFrame(buffer[written..], 1);
        return written + FrameWriter.WriteBody("abc"u8, buffer[written..], 1);
    });

    [Fact]
    public void Writing_and_parsing_an_ack_allocates_nothing() => AllocatesNothing(static buffer =>
    {
        new BasicAck(42, multiple: true).WriteFrame(buffer, 1);
        Frame.TryRead(buffer, FrameMaxBytes, out var frame, out var consumedBytes);
        MethodHeader.TryRead(frame.Payload, out _, out var arguments);
        return consumedBytes + (int)BasicAck.Read(arguments).DeliveryTag;
    });

    [Fact]
    public void Writing_a_confirm_allocates_nothing() => AllocatesNothing(static buffer =>
        new BasicAck(42, multiple: false).WriteFrame(buffer, 1) + new BasicNack(43, multiple: false, requeue: false).WriteFrame(buffer, 1));

    [Fact]
    public void Searching_a_header_table_allocates_nothing()
    {
        var table = new FieldTableBuilder()
            .Add("a", "text").Add("nested", EncodedProperties.Headers).Add("BCC", 1).ToTable().Encoded.ToArray();

        AllocatesNothing(_ =>
        {
            FieldTableScan.Validate(table);
            return FieldTableScan.TryFind(table, "BCC"u8, out var type, out var value) ? value.Length + (int)type : 0;
        });
    }

    private static int ParsePublish(ReadOnlySpan<byte> buffer)
    {
        Frame.TryRead(buffer, FrameMaxBytes, out var method, out var methodBytes);
        MethodHeader.TryRead(method.Payload, out _, out var arguments);
        var publish = BasicPublish.Read(arguments);
        Frame.TryRead(buffer[methodBytes..], FrameMaxBytes, out var header, out var headerBytes);
        var properties = BasicProperties.Read(ContentHeader.Read(header.Payload).Properties);
        FieldTableScan.TryFind(properties.Headers, "CC"u8, out _, out _);
        Frame.TryRead(buffer[(methodBytes + headerBytes)..], FrameMaxBytes, out var body, out _);
        return publish.RoutingKey.Length + properties.Expiration.Length + properties.DeliveryMode + body.Payload.Length;
    }

    private void AllocatesNothing(Step step)
    {
        var warmUp = step(_buffer);
        Assert.NotEqual(0, warmUp);
        var sum = 0L;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Iterations; i++) sum += step(_buffer);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal((long)Iterations * warmUp, sum);
    }
}
