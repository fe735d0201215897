using BenchmarkDotNet.Attributes;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Microbenchmarks;

/// <summary>Routes messages of three headers, each of which satisfies one binding.</summary>
[MemoryDiagnoser]
public class HeadersExchangeBenchmark
{
    private RoutedExchange _exchange = new(ExchangeTypes.Headers);

    [Params(10, 1000)]
    public int Bindings { get; set; }

    [Params("all", "any")]
    public string Match { get; set; } = "";

    [GlobalSetup]
    public void Bind()
    {
        _exchange = new RoutedExchange(ExchangeTypes.Headers);
        for (var i = 0; i < Bindings; i++)
        {
            var conditions = new FieldTableBuilder().Add("x-match", Match).Add("customer", $"c{i}").Add("version", FieldValue.FromInt(i));
            _exchange.Bind(i, "", conditions.ToTable());
            var headers = new FieldTableBuilder().Add("customer", $"c{i}").Add("region", "eu").Add("version", FieldValue.FromInt(i));
            _exchange.AddMessage("", headers.ToTable());
        }
    }

    [Benchmark]
    public int Route() => _exchange.RouteNext();
}
