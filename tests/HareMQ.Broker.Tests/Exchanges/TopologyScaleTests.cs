using System.Text;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>
/// Work is counted in steps and in allocated bytes, not in time: copying an array for each of 50,000 bindings allocates 10 GB.
/// </summary>
public sealed class TopologyScaleTests
{
    private readonly TestQueues _queues = new();
    private readonly Topology _topology;

    public TopologyScaleTests() => _topology = new Topology(_queues);

    [Theory]
    [InlineData("direct", true)]
    [InlineData("direct", false)]
    [InlineData("fanout", true)]
    [InlineData("topic", true)]
    [InlineData("topic", false)]
    [InlineData("headers", true)]
    [InlineData("headers", false)]
    public void Binding_and_unbinding_50_000_queues_costs_the_same_for_each(string type, bool sameKey)
    {
        const int Count = 50_000;
        const int BytesMaxPerBinding = 2500;
        var exchange = _topology.Declare("x", type);
        var bindings = new Binding[Count];
        for (var i = 0; i < Count; i++)
        {
            var name = sameKey ? "same" : $"key-{i}";
            bindings[i] = new Binding(exchange, _queues.Add($"q{i}"), $"{name}.b", new FieldTableBuilder().Add("h", name).ToTable());
        }

        Assert.InRange(Allocated(() =>
        {
            foreach (var binding in bindings) _topology.Bind(binding);
        }), 0, Count * BytesMaxPerBinding);

        var last = new FieldTableBuilder().Add("h", sameKey ? "same" : $"key-{Count - 1}").ToTable();
        Assert.Equal(sameKey ? Count : 1, _topology.RouteNames(exchange, bindings[^1].RoutingKey, last).Length);

        var middle = bindings[Count / 2];
        Assert.InRange(Allocated(() =>
            _topology.Unbind(exchange, middle.Destination, middle.RoutingKey, middle.Arguments, out _)), 0, 4000);

        Assert.InRange(Allocated(() =>
        {
            foreach (var binding in bindings) _topology.RemoveDestination(binding.Destination, out _, out _);
        }), 0, Count * BytesMaxPerBinding);
        Assert.False(exchange.HasBindings);
        Assert.Empty(_topology.RouteNames(exchange, "same.b", last));
    }

    [Theory]
    [InlineData("x-consistent-hash")]
    [InlineData("x-modulus-hash")]
    [InlineData("x-random")]
    public void Binding_and_unbinding_50_000_queues_that_share_costs_the_same_for_each(string type)
    {
        const int Count = 50_000;
        var exchange = _topology.Declare("x", type);
        var queues = Enumerable.Range(0, Count).Select(i => _queues.Add($"q{i}")).ToArray();

        Assert.InRange(Allocated(() =>
        {
            foreach (var queue in queues) _topology.Bind(exchange, queue, "1");
        }), 0, Count * 2500);
        Assert.Single(_topology.RouteNames(exchange, "k"));
        Assert.InRange(Allocated(() =>
        {
            foreach (var queue in queues) _topology.RemoveDestination(queue, out _, out _);
        }), 0, Count * 2500);
        Assert.False(exchange.HasBindings);
    }

    [Fact]
    public void Many_patterns_to_one_queue_are_bound_and_unbound_without_copying_the_others()
    {
        const int Count = 10_000;
        var exchange = _topology.Declare("x", "topic");
        var queue = _queues.Add("q");

        Assert.InRange(Allocated(() =>
        {
            for (var i = 0; i < Count; i++) _topology.Bind(exchange, queue, $"site.{i}.*.#");
        }), 0, Count * 2500);
        Assert.InRange(Allocated(() =>
        {
            for (var i = 0; i < Count; i++) _topology.Unbind(exchange, queue, $"site.{i}.*.#");
        }), 0, Count * 2500);
    }

    [Fact]
    public void A_message_meets_only_the_patterns_it_may_match()
    {
        var exchange = _topology.Declare("x", "topic");
        for (var i = 0; i < 10_000; i++) _topology.Bind(exchange, _queues.Add($"q{i}"), $"site.{i}.temperature.#");
        _topology.Bind(exchange, _queues.Add("all"), "site.*.temperature");

        Assert.InRange(Steps(() => Assert.Equal(["all", "q77"], _topology.RouteNames(exchange, "site.77.temperature"))), 1, 10);
        Assert.InRange(Steps(() => Assert.Empty(_topology.RouteNames(exchange, "elsewhere.77.temperature"))), 1, 2);
    }

    [Fact]
    public void Patterns_of_many_hashes_cost_no_more_than_their_length_times_the_keys()
    {
        const int Hashes = 60;
        const int Words = 120;
        var exchange = _topology.Declare("x", "topic");
        _topology.Bind(exchange, _queues.Add("tail"), string.Join('.', Enumerable.Repeat("#", Hashes)) + ".z");
        _topology.Bind(exchange, _queues.Add("between"), string.Join('.', Enumerable.Repeat("#.a", Hashes)) + ".z");
        var key = string.Join('.', Enumerable.Repeat("a", Words));

        Assert.InRange(Steps(() => Assert.Empty(_topology.RouteNames(exchange, key))), Words, Words * Hashes * 4);
        Assert.InRange(
            Steps(() => Assert.Equal(["between", "tail"], _topology.RouteNames(exchange, key + ".z"))), Words, (Words + 1) * Hashes * 4);
    }

    [Fact]
    public void An_emptied_trie_holds_nothing()
    {
        var trie = new TopicTrie();
        var exchange = _topology.Declare("x", "topic");
        var bindings = new[] { "", "a", "a.b", "a.*", "a.#", "#.#.b", "*", "#" }
            .Select(key => new Binding(exchange, _queues.Add(key), key, FieldTable.Empty)).ToArray();

        foreach (var binding in bindings) trie.Add(binding);
        Assert.Equal(3, trie.EdgeCount);
        foreach (var binding in bindings) trie.Remove(binding);

        Assert.Equal(0, trie.EdgeCount);
        Assert.False(trie.Root.HasChildren);
        Assert.Null(trie.Root.Bindings);
    }

    [Fact]
    public void A_long_chain_of_auto_delete_exchanges_is_deleted_to_its_end()
    {
        const int Length = 20_000;
        var previous = _topology.Declare("x0", "fanout", autoDelete: true);
        for (var i = 1; i < Length; i++)
        {
            var next = _topology.Declare($"x{i}", "fanout", autoDelete: true);
            _topology.Bind(previous, next);
            previous = next;
        }
        var queue = _queues.Add("q");
        _topology.Bind(previous, queue);

        _topology.RemoveDestination(queue, out var removed, out var autoDeleted);

        Assert.Equal(Length, autoDeleted.Count);
        Assert.Equal(Length, removed.Count);
        Assert.Equal([""], _topology.Exchanges.Select(x => x.Name));
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("fanout")]
    [InlineData("topic")]
    [InlineData("headers")]
    public void A_route_to_one_queue_allocates_nothing(string type)
    {
        var exchange = _topology.Declare("x", type);
        var arguments = new FieldTableBuilder().Add("text", "v").Add("number", 1).ToTable();
        _topology.Bind(exchange, _queues.Add("q"), "a.b", arguments);
        _topology.Bind(exchange, _queues.Find("q")!, "a.b", FieldTable.Empty);
        var properties = EncodedProperties.WithHeaders(arguments);
        var key = Encoding.UTF8.GetBytes("a.b");
        RouteTargets? targets = null;

        Assert.Equal(0, Allocation.OfThousand(() => targets = _topology.Route(exchange, key, BasicProperties.Read(properties))));
        Assert.Single(targets!.Queues);
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long Steps(Action action)
    {
        var before = StepsOfThisThread();
        action();
        return StepsOfThisThread() - before;
    }

    private static long StepsOfThisThread()
    {
        var walk = RouteWalk.Begin();
        var steps = walk.Topic.Steps;
        walk.End();
        return steps;
    }
}
