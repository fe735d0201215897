using BenchmarkDotNet.Attributes;
using HareMQ.Protocol;

namespace HareMQ.Microbenchmarks;

/// <summary>What the codec does for one published message: three frames, the method, the properties and a look for CC.</summary>
[MemoryDiagnoser]
public class BasicPublishBenchmark
{
    private const uint FrameMaxBytes = 131_072;

    private readonly byte[] _plain = Published([0x10, 0, 2]);
    private readonly byte[] _withHeaders = Published(WithHeaders());

    [Benchmark(Baseline = true)]
    public int Read() => Read(_plain);

    [Benchmark]
    public int ReadWithHeaders() => Read(_withHeaders);

    private static int Read(ReadOnlySpan<byte> buffer)
    {
        Frame.TryRead(buffer, FrameMaxBytes, out var method, out var methodBytes);
        MethodHeader.TryRead(method.Payload, out _, out var arguments);
        var publish = BasicPublish.Read(arguments);
        Frame.TryRead(buffer[methodBytes..], FrameMaxBytes, out var header, out var headerBytes);
        var properties = BasicProperties.Read(ContentHeader.Read(header.Payload).Properties);
        if (properties.HasHeaders) FieldTableScan.TryFind(properties.Headers, "CC"u8, out _, out _);
        Frame.TryRead(buffer[(methodBytes + headerBytes)..], FrameMaxBytes, out var body, out _);
        return publish.RoutingKey.Length + properties.DeliveryMode + body.Payload.Length;
    }

    private static byte[] Published(byte[] properties)
    {
        var buffer = new byte[4096];
        var written = new BasicPublish("amq.topic"u8, "orders.created.eu"u8, mandatory: false, immediate: false).WriteFrame(buffer, 1);
        written += new ContentHeader(BasicPublish.ClassId, 1024, properties).WriteFrame(buffer.AsSpan(written), 1);
        written += FrameWriter.WriteBody(new byte[1024], buffer.AsSpan(written), 1);
        return buffer[..written];
    }

    // Headers, delivery mode, message id.
    private static byte[] WithHeaders()
    {
        var headers = new FieldTableBuilder().Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .Add("attempt", FieldValue.FromInt(1)).Add("type", "order").ToTable().Encoded;
        return [0x30, 0x80, 0, 0, 0, (byte)headers.Length, .. headers.Span, 2, 4, (byte)'m', (byte)'-', (byte)'4', (byte)'2'];
    }
}
