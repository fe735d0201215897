using BenchmarkDotNet.Attributes;
using HareMQ.Protocol;

namespace HareMQ.Microbenchmarks;

[MemoryDiagnoser]
public class FieldTableBenchmark
{
    private readonly byte[] _encoded = new FieldTableBuilder()
        .Add("x-message-ttl", FieldValue.FromInt(60_000)).Add("x-dead-letter-exchange", "dead").Add("x-max-length", 1000)
        .Add("nested", new FieldTableBuilder().Add("k", "v").ToTable()).Add("BCC", FieldValue.FromArray(FieldValue.FromString("a")))
        .ToTable().Encoded.ToArray();

    [Benchmark]
    public bool Find() => FieldTableScan.TryFind(_encoded, "BCC"u8, out _, out _);

    [Benchmark]
    public void Validate() => FieldTableScan.Validate(_encoded);

    [Benchmark]
    public int DecodeAndLookUp() => FieldTable.FromEncoded(_encoded).TryGet("x-max-length", out var value) ? value.EncodedBytes : 0;
}
