using BenchmarkDotNet.Attributes;
using HareMQ.Broker.Exchanges;

namespace HareMQ.Microbenchmarks;

/// <summary>Routes messages whose key is bound once.</summary>
[MemoryDiagnoser]
public class DirectExchangeBenchmark
{
    private RoutedExchange _exchange = new(ExchangeTypes.Direct);

    [Params(10, 1000)]
    public int Bindings { get; set; }

    [GlobalSetup]
    public void Bind()
    {
        _exchange = new RoutedExchange(ExchangeTypes.Direct);
        for (var i = 0; i < Bindings; i++)
        {
            _exchange.Bind(i, $"orders.k{i}.eu");
            _exchange.AddMessage($"orders.k{i}.eu");
        }
    }

    [Benchmark]
    public int Route() => _exchange.RouteNext();
}
