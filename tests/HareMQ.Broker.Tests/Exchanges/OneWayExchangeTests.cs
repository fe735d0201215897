using System.Text;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>The types that choose one of the bindings: by the key's hash, or by chance.</summary>
public sealed class OneWayExchangeTests
{
    private const int Messages = 10_000;

    private readonly TestQueues _queues = new();
    private readonly Topology _topology;

    public OneWayExchangeTests() => _topology = new Topology(_queues);

    [Theory]
    [InlineData("x-modulus-hash")]
    [InlineData("x-random")]
    [InlineData("x-local-random")]
    public void All_queues_get_the_same_share(string type)
    {
        var exchange = Bind(_topology, _queues, type, "x", [0, 1, 2, 3, 4, 5, 6]);

        Spread.AssertFollows([.. Routes(_topology, exchange).CountBy(q => q).Select(c => c.Value)], [1, 1, 1, 1, 1, 1, 1]);
    }

    [Fact]
    public void A_modulus_hash_leads_to_the_same_queue_whatever_the_order_of_the_bindings_was()
    {
        var first = Bind(_topology, _queues, "x-modulus-hash", "x", [0, 1, 2, 3, 4]);
        var queues = new TestQueues();
        var restarted = new Topology(queues);
        var second = Bind(restarted, queues, "x-modulus-hash", "x", [3, 9, 1, 4, 8, 0, 2]);
        restarted.RemoveDestination(queues.Find("q8")!, out _, out _);
        restarted.RemoveDestination(queues.Find("q9")!, out _, out _);

        Assert.Equal(Routes(_topology, first), Routes(restarted, second));
    }

    [Fact]
    public void A_modulus_hash_leads_to_the_same_queue_in_every_version()
    {
        var exchange = Bind(_topology, _queues, "x-modulus-hash", "x", [0, 1, 2, 3, 4]);

        // Recorded. If this fails, do not record anew: upgraded servers would send customers' keys to other queues.
        Assert.Equal("q4 q2 q3 q2 q3 q0 q3 q3 q1 q3 q2 q4 q0 q1 q3 q2", string.Join(" ", Routes(_topology, exchange)[..16]));
    }

    [Theory]
    [InlineData("x-modulus-hash")]
    [InlineData("x-random")]
    [InlineData("x-consistent-hash")]
    public void Without_bindings_there_is_no_route(string type)
    {
        var exchange = Bind(_topology, _queues, type, "x", [0]);
        Assert.Equal(["q0"], _topology.RouteNames(exchange, "k"));

        _topology.RemoveDestination(_queues.Find("q0")!, out _, out _);

        Assert.Empty(_topology.RouteNames(exchange, "k"));
    }

    [Theory]
    [InlineData("x-modulus-hash", false)]
    [InlineData("x-random", true)]
    public void Only_chance_depends_on_the_message(string type, bool expected)
    {
        var exchange = Bind(_topology, _queues, type, "x", [0, 1]);

        _topology.Route(exchange, "k"u8, default, out var dependsOnMessage);

        Assert.Equal(expected, dependsOnMessage);
    }

    [Theory]
    [InlineData("x-modulus-hash")]
    [InlineData("x-random")]
    [InlineData("x-consistent-hash")]
    public void A_message_with_further_keys_goes_one_way_too(string type)
    {
        var exchange = Bind(_topology, _queues, type, "x", [0, 1, 2, 3, 4]);
        var keys = FieldValue.FromArray([.. Enumerable.Range(0, 50).Select(i => FieldValue.FromString($"cc{i}"))]);

        Assert.Single(_topology.RouteNames(exchange, "k", new FieldTableBuilder().Add("CC", keys).ToTable()));
    }

    [Theory]
    [InlineData("x-modulus-hash")]
    [InlineData("x-random")]
    [InlineData("x-consistent-hash")]
    public void A_queue_that_is_declared_again_before_the_old_one_is_unbound_stays_bound(string type)
    {
        var exchange = Bind(_topology, _queues, type, "x", [0]);
        var old = _queues.Find("q0")!;
        var next = _queues.Add("q0");
        _topology.Bind(exchange, next, "1");

        _topology.RemoveDestination(old, out var removed, out _);

        Assert.Same(old, Assert.Single(removed).Destination);
        Assert.Same(next, Assert.Single(_topology.Route(exchange, "k"u8, default).Queues));
    }

    [Theory]
    [InlineData("x-modulus-hash")]
    [InlineData("x-random")]
    public void A_route_allocates_nothing(string type)
    {
        var exchange = Bind(_topology, _queues, type, "x", [0, 1, 2]);

        Assert.Equal(0, Allocation.OfThousand(() => _topology.Route(exchange, "k"u8, default)));
    }

    private static Exchange Bind(Topology topology, TestQueues queues, string type, string name, int[] numbers)
    {
        var exchange = topology.Declare(name, type);
        foreach (var number in numbers) topology.Bind(exchange, queues.Add($"q{number}"), "1");
        return exchange;
    }

    private static string[] Routes(Topology topology, Exchange exchange) =>
        [.. Enumerable.Range(0, Messages).Select(i =>
            Assert.Single(topology.Route(exchange, Encoding.UTF8.GetBytes($"k{i}"), default).Queues).Name)];
}
