using FsCheck;
using FsCheck.Fluent;
using HareMQ.Broker.Exchanges;

namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>Whatever the weights are, and whoever comes and goes.</summary>
public sealed class ConsistentHashProperties
{
    private const int Keys = 3000;

    private static Gen<int[]> Weights { get; } =
        from count in Gen.Choose(2, 12)
        from weights in Gen.Frequency((3, Gen.Choose(1, 5)), (1, Gen.Choose(1, 100))).ArrayOf(count)
        select weights;

    [Fact]
    public void Shares_follow_the_weights() => Generators.Check(Weights, 60, weights =>
    {
        if (weights.Length == 0) return;
        // Enough for the smallest share to be expected a few dozen times.
        var messages = 30 * weights.Sum() / weights.Min();
        var routed = new Ring(weights).Routes(Math.Max(Keys, messages));

        Spread.AssertFollows([.. weights.Select((_, i) => routed.Count(q => q == $"q{i}"))], weights);
    });

    [Fact]
    public void A_binding_that_goes_moves_only_its_own_messages_and_takes_them_back() => Generators.Check(Weights, 60, weights =>
    {
        if (weights.Length < 2) return;
        var ring = new Ring(weights);
        var before = ring.Routes(Keys);
        for (var gone = 0; gone < weights.Length; gone++)
        {
            ring.Unbind(gone);
            var after = ring.Routes(Keys);
            for (var key = 0; key < Keys; key++)
            {
                if (before[key] == $"q{gone}") Assert.NotEqual(before[key], after[key]);
                else Assert.Equal(before[key], after[key]);
            }
            ring.Bind(gone);
            Assert.Equal(before, ring.Routes(Keys));
        }
    });

    [Fact]
    public void More_weight_takes_from_the_others_and_gives_nothing_away() => Generators.Check(Weights, 60, weights =>
    {
        if (weights.Length < 2) return;
        var before = new Ring(weights).Routes(Keys);
        var after = new Ring([weights[0] * 2, .. weights[1..]]).Routes(Keys);

        for (var key = 0; key < Keys; key++) Assert.Contains(after[key], new[] { before[key], "q0" });
    });

    [Fact]
    public void Neither_the_order_of_bindings_nor_those_that_are_gone_count() => Generators.Check(Weights, 60, weights =>
    {
        if (weights.Length == 0) return;
        var ring = new Ring(weights);
        // As if restarted: another process, which binds in another order and has had other bindings before.
        var restarted = new Ring([]);
        for (var i = 0; i < 5; i++) restarted.Bind(1000 + i, weight: 3);
        for (var i = weights.Length - 1; i >= 0; i--) restarted.Bind(i, weights[i]);
        for (var i = 0; i < 5; i++) restarted.Unbind(1000 + i);

        Assert.Equal(ring.Routes(Keys), restarted.Routes(Keys));
    });

    private sealed class Ring
    {
        private readonly TestQueues _queues = new();
        private readonly Dictionary<int, int> _weights = [];
        private readonly Topology _topology;
        private readonly Exchange _exchange;

        public Ring(int[] weights)
        {
            _topology = new Topology(_queues);
            _exchange = _topology.Declare("x", ExchangeTypes.ConsistentHash);
            for (var i = 0; i < weights.Length; i++) Bind(i, weights[i]);
        }

        public void Bind(int queue, int? weight = null)
        {
            _weights[queue] = weight ?? _weights[queue];
            Assert.True(_topology.Bind(_exchange, _queues.Add($"q{queue}"), $"{_weights[queue]}"));
        }

        public void Unbind(int queue) => Assert.True(_topology.Unbind(_exchange, _queues.Find($"q{queue}")!, $"{_weights[queue]}"));

        public string[] Routes(int messages) =>
            [.. Enumerable.Range(0, messages).Select(i => Assert.Single(_topology.RouteNames(_exchange, $"key-{i}")))];
    }
}
