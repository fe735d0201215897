using BenchmarkDotNet.Attributes;
using HareMQ.Protocol;

namespace HareMQ.Microbenchmarks;

/// <summary>What the codec does for one delivered message: method, header and body frame.</summary>
[MemoryDiagnoser]
public class BasicDeliverBenchmark
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private byte[] _body = [];

    [Params(16, 1024)]
    public int BodyBytes { get; set; }

    [GlobalSetup]
    public void Fill() => _body = new byte[BodyBytes];

    [Benchmark]
    public int WriteFrames()
    {
        var deliver = new BasicDeliver("amq.ctag-1234567890123456789012"u8, 42, redelivered: false, "amq.topic"u8, "orders.created.eu"u8);
        var written = deliver.WriteFrame(_buffer, 1);
        written += new ContentHeader(BasicDeliver.ClassId, (ulong)_body.Length, [0x10, 0, 2]).WriteFrame(_buffer.AsSpan(written), 1);
        return written + FrameWriter.WriteBody(_body, _buffer.AsSpan(written), 1);
    }
}
