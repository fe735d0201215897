using BenchmarkDotNet.Attributes;
using HareMQ.Broker.Exchanges;

namespace HareMQ.Microbenchmarks;

/// <summary>Routes messages of three words, each of which matches exactly one of the patterns.</summary>
[MemoryDiagnoser]
public class TopicExchangeBenchmark
{
    private const string AllFour = "all four";

    private static readonly string[] s_allWildcards = ["*.k{0}.*", "*.k{0}.#", "#.k{0}.*", "#.k{0}.#"];

    private RoutedExchange _exchange = new(ExchangeTypes.Topic);

    [Params(1000)]
    public int Bindings { get; set; }

    [Params(AllFour, "*.k{0}.*", "*.k{0}.#", "#.k{0}.*", "#.k{0}.#")]
    public string Pattern { get; set; } = "";

    [GlobalSetup]
    public void Bind()
    {
        string[] patterns = Pattern == AllFour ? s_allWildcards : [Pattern];
        _exchange = new RoutedExchange(ExchangeTypes.Topic);
        for (var i = 0; i < Bindings; i++)
        {
            _exchange.Bind(i, string.Format(null, patterns[i % patterns.Length], i));
            _exchange.AddMessage($"w{i % 10}.k{i}.z{i % 7}");
        }
    }

    [Benchmark]
    public int Route() => _exchange.RouteNext();
}
