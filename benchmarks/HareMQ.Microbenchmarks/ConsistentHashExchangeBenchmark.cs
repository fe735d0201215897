using BenchmarkDotNet.Attributes;
using HareMQ.Broker.Exchanges;

namespace HareMQ.Microbenchmarks;

/// <summary>Routes messages by the hash of their keys.</summary>
[MemoryDiagnoser]
public class ConsistentHashExchangeBenchmark
{
    private RoutedExchange _exchange = new(ExchangeTypes.ConsistentHash);

    [Params(10, 1000)]
    public int Bindings { get; set; }

    /// <summary>How many different weights the bindings have.</summary>
    [Params(1, 5)]
    public int Weights { get; set; }

    [GlobalSetup]
    public void Bind()
    {
        _exchange = new RoutedExchange(ExchangeTypes.ConsistentHash, Bindings);
        for (var i = 0; i < Bindings; i++) _exchange.Bind(i, $"{1 + i % Weights}");
        for (var i = 0; i < 1000; i++) _exchange.AddMessage($"customer-{i}");
    }

    [Benchmark]
    public int Route() => _exchange.RouteNext();
}
