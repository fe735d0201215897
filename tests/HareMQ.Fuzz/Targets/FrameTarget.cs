using HareMQ.Protocol;

namespace HareMQ.Fuzz.Targets;

/// <summary>
/// A stream of frames as a connection receives it: frames, methods, content headers, properties and the header tables in them.
/// </summary>
internal sealed class FrameTarget : IFuzzTarget
{
    private const uint FrameMaxBytes = 1 << 16;

    private readonly MethodReaders _methods = new();

    public FrameTarget() => Seeds = [.. BuildSeeds()];

    public string Name => "frames";

    public IReadOnlyList<byte[]> Seeds { get; }

    // Nothing on this road may allocate before it fails.
    public (int Constant, int PerByte) AllocationMax => (0, 0);

    public void Run(ReadOnlySpan<byte> input)
    {
        while (Frame.TryRead(input, FrameMaxBytes, out var frame, out var consumedBytes))
        {
            if (frame.Type == FrameType.Method) RunMethod(frame.Payload);
            else if (frame.Type == FrameType.Header) RunHeader(frame.Payload);
            input = input[consumedBytes..];
        }
    }

    private static void RunHeader(ReadOnlySpan<byte> payload)
    {
        var header = ContentHeader.Read(payload);
        var properties = BasicProperties.Read(header.Properties);
        PropertyReads.All(properties);
        if (!properties.HasHeaders) return;
        FieldTableScan.Validate(properties.Headers);
        FieldTableScan.TryFind(properties.Headers, "CC"u8, out _, out _);
    }

    private void RunMethod(ReadOnlySpan<byte> payload)
    {
        if (MethodHeader.TryRead(payload, out var method, out var arguments)) _methods.Read(method, arguments);
    }

    private IEnumerable<byte[]> BuildSeeds()
    {
        var scratch = new byte[4096];
        yield return FrameWriter.Heartbeat.ToArray();
        foreach (var properties in Targets.Seeds.Properties)
        {
            var publish = Published(properties, scratch);
            yield return publish;
            yield return [.. publish, .. publish, .. FrameWriter.Heartbeat, .. publish];
        }

        yield return scratch[..new BasicDeliver("ctag"u8, 42, redelivered: true, "amq.topic"u8, "a.b"u8).WriteFrame(scratch, 1)];
        yield return scratch[..new BasicNack(7, multiple: true, requeue: false).WriteFrame(scratch, 1)];
        var table = Targets.Seeds.Table.Encoded;
        yield return scratch[..new ConnectionStartOk(table.Span, "PLAIN"u8, "\0guest\0guest"u8, "en_US"u8).WriteFrame(scratch, 0)];
        yield return scratch[..new QueueDeclare("tasks"u8, false, true, false, false, false, table.Span).WriteFrame(scratch, 1)];
        yield return [.. _methods.EmptyFrames().SelectMany(static frame => frame)];
        foreach (var frame in _methods.EmptyFrames()) yield return frame;
    }

    private static byte[] Published(ReadOnlySpan<byte> properties, Span<byte> scratch)
    {
        var body = "hello"u8;
        var written = new BasicPublish("amq.topic"u8, "orders.é"u8, mandatory: true, immediate: false).WriteFrame(scratch, 1);
        written += new ContentHeader(BasicPublish.ClassId, (ulong)body.Length, properties).WriteFrame(scratch[written..], 1);
        written += FrameWriter.WriteBody(body, scratch[written..], 1);
        return scratch[..written].ToArray();
    }
}
