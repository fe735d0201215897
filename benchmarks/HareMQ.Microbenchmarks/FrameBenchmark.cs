using BenchmarkDotNet.Attributes;
using HareMQ.Protocol;

namespace HareMQ.Microbenchmarks;

[MemoryDiagnoser]
public class FrameBenchmark
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    [Params(16, 1024, 16_384)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Fill() => FrameWriter.WriteBody(new byte[PayloadBytes], _buffer, 1);

    [Benchmark]
    public int TryRead()
    {
        Frame.TryRead(_buffer, 131_072, out var frame, out var consumedBytes);
        return consumedBytes + frame.Channel;
    }
}
