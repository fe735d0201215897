using FsCheck;
using FsCheck.Fluent;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>Each type of exchange against the naive rules.</summary>
public sealed class MatchingProperties
{
    [Fact]
    public void Topic_exchange_finds_what_matching_every_pattern_finds() => Check(
        "topic",
        Generators.Pattern.Select(pattern => new Part(pattern, FieldTable.Empty, IsMessage: false)),
        Generators.RoutingKey.Select(key => new Part(key, FieldTable.Empty, IsMessage: true)));

    [Fact]
    public void Headers_exchange_finds_what_matching_every_binding_finds() => Check(
        "headers",
        Generators.Match.Select(arguments => new Part("", arguments, IsMessage: false)),
        Generators.Headers.Select(headers => new Part("", headers, IsMessage: true)));

    private static void Check(string type, Gen<Part> bindings, Gen<Part> messages) =>
        Generators.Check(Gen.Frequency((1, bindings), (1, messages)).ArrayOf(), 3000, parts => Compare(
            type, [.. parts.Where(p => !p.IsMessage)], [.. parts.Where(p => p.IsMessage)]));

    // All bindings at once, then again after every second one is gone.
    private static void Compare(string type, Part[] bindings, Part[] messages)
    {
        var queues = new TestQueues();
        var topology = new Topology(queues);
        var exchange = topology.Declare("x", type);
        var bound = bindings.Select((b, i) => new Binding(exchange, queues.Add($"q{i}"), b.Key, b.Table)).ToList();
        foreach (var binding in bound) Assert.True(topology.Bind(binding));
        CompareRoutes(topology, exchange, bound, messages);

        foreach (var b in bound.Where((_, i) => i % 2 == 0))
            Assert.True(topology.Unbind(b.Source, b.Destination, b.RoutingKey, b.Arguments, out _));
        CompareRoutes(topology, exchange, [.. bound.Where((_, i) => i % 2 == 1)], messages);
    }

    private static void CompareRoutes(Topology topology, Exchange exchange, List<Binding> bound, Part[] messages)
    {
        foreach (var (key, headers, _) in messages)
        {
            var expected = bound
                .Where(b => NaiveMatching.Matches(exchange.Type, b.RoutingKey, b.Arguments, key, headers))
                .Select(b => b.Destination.Name)
                .Order(StringComparer.Ordinal);
            Assert.Equal(expected, topology.RouteNames(exchange, key, headers));
        }
    }

    /// <summary>A binding's key and arguments, or a message's key and headers.</summary>
    private sealed record Part(string Key, FieldTable Table, bool IsMessage);
}
