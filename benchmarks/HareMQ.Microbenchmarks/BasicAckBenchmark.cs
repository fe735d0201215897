using BenchmarkDotNet.Attributes;
using HareMQ.Protocol;

namespace HareMQ.Microbenchmarks;

[MemoryDiagnoser]
public class BasicAckBenchmark
{
    private readonly byte[] _received = new byte[64];
    private readonly byte[] _sent = new byte[64];

    [GlobalSetup]
    public void Fill() => new BasicAck(42, multiple: false).WriteFrame(_received, 1);

    [Benchmark]
    public ulong Read()
    {
        Frame.TryRead(_received, 131_072, out var frame, out _);
        MethodHeader.TryRead(frame.Payload, out _, out var arguments);
        return BasicAck.Read(arguments).DeliveryTag;
    }

    [Benchmark]
    public int WriteFrame() => new BasicAck(42, multiple: true).WriteFrame(_sent, 1);
}
