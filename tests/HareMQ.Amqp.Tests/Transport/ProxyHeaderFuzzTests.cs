using HareMQ.Fuzz;
using HareMQ.Fuzz.Targets;

namespace HareMQ.Amqp.Tests.Transport;

/// <summary>The engine watches the whole process' heap, so this runs alone.</summary>
[CollectionDefinition(nameof(ProxyHeaderFuzzTests), DisableParallelization = true)]
[Collection(nameof(ProxyHeaderFuzzTests))]
public sealed class ProxyHeaderFuzzTests
{
    private const long Count = 200_000;

    [Fact]
    public void Broken_headers_cost_a_refusal_and_nothing_else()
    {
        var target = new ProxyTarget();
        var result = new FuzzEngine(target, seed: 20_091).Run(Count);
        if (result.FailedInput is not null) Assert.Fail($"{result.Failure}\n{FailureFiles.Save(FailureFiles.DefaultDirectory, target.Name, result)}");
        Assert.Null(result.Failure);
        Assert.InRange(result.Refused, Count / 10, Count * 99 / 100);
    }
}
