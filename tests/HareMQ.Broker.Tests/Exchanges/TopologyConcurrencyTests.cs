using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

public sealed class TopologyConcurrencyTests
{
    private const int Rounds = 3000;

    private static readonly string[] s_patterns = ["a.b", "a.*", "*.b", "#", "a.#", "#.b", "a.#.b", "#.#", "a.b.c", "c"];

    [Theory]
    [InlineData("direct")]
    [InlineData("fanout")]
    [InlineData("topic")]
    [InlineData("headers")]
    public async Task Routes_stay_right_while_bindings_come_and_go(string type)
    {
        var queues = new TestQueues();
        var topology = new Topology(queues);
        var entry = topology.Declare("entry", "fanout");
        var exchange = topology.Declare("x", type);
        topology.Bind(entry, exchange);
        var arguments = new FieldTableBuilder().Add("h", "v").ToTable();
        var properties = EncodedProperties.WithHeaders(arguments);
        var stable = queues.Add("stable");
        topology.Bind(exchange, stable, "a.b", arguments);

        var finished = false;
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var routes = 0;
            for (; !Volatile.Read(ref finished) || routes == 0; routes++)
            {
                var found = topology.Route(entry, "a.b"u8, BasicProperties.Read(properties)).Queues;
                Assert.Contains(stable, found);
                Assert.Equal(found.Distinct().Count(), found.Length);
            }
            return routes;
        })).ToArray();

        try
        {
            Churn(topology, exchange, queues, arguments, () => topology.RouteNames(entry, "a.b", arguments));
        }
        finally
        {
            Volatile.Write(ref finished, true);
        }

        Assert.All(await Task.WhenAll(readers), routes => Assert.True(routes > 0));
        Assert.Equal(["stable"], topology.RouteNames(entry, "a.b", arguments));
        Assert.Single(topology.BindingsFrom(exchange));
    }

    [Fact]
    public async Task A_cached_route_never_outlives_the_change_that_makes_it_wrong()
    {
        var queues = new TestQueues();
        var topology = new Topology(queues);
        var exchange = topology.Declare("x", "topic");
        var queue = queues.Add("q");
        var finished = false;

        // What a channel does: read the version, route, keep the result under that version.
        var channel = Task.Run(() =>
        {
            var last = (Version: -1, Targets: RouteTargets.Empty);
            while (!Volatile.Read(ref finished))
            {
                var version = topology.Version;
                if (version != last.Version) last = (version, topology.Route(exchange, "k"u8, default));
            }
            return last;
        });
        for (var i = 0; i < Rounds; i++)
        {
            topology.Bind(exchange, queue, "k");
            topology.Unbind(exchange, queue, "k");
        }
        topology.Bind(exchange, queue, "k");
        Volatile.Write(ref finished, true);

        var cached = await channel;
        if (cached.Version == topology.Version) Assert.Same(queue, Assert.Single(cached.Targets.Queues));
        else Assert.InRange(cached.Version, -1, topology.Version - 1);
    }

    [Theory]
    [InlineData("x-consistent-hash")]
    [InlineData("x-modulus-hash")]
    [InlineData("x-random")]
    public async Task A_message_that_goes_one_way_finds_it_while_bindings_come_and_go(string type)
    {
        var queues = new TestQueues();
        var topology = new Topology(queues);
        var exchange = topology.Declare("x", type);
        topology.Bind(exchange, queues.Add("stable"), "1");

        var finished = false;
        var reader = Task.Run(() =>
        {
            var seen = new HashSet<string>();
            while (!Volatile.Read(ref finished) || seen.Count == 0)
            {
                for (var key = 0; key < 10; key++) seen.Add(Assert.Single(topology.RouteNames(exchange, $"{key}")));
            }
            return seen;
        });

        var others = Enumerable.Range(0, 5).Select(i => queues.Add($"q{i}")).ToArray();
        for (var i = 0; i < Rounds; i++)
        {
            foreach (var queue in others) topology.Bind(exchange, queue, "2");
            foreach (var queue in others) topology.Unbind(exchange, queue, "2");
        }
        Volatile.Write(ref finished, true);

        Assert.Subset(others.Select(q => q.Name).Append("stable").ToHashSet(), await reader);
    }

    [Fact]
    public async Task A_binding_made_while_its_queue_is_deleted_is_refused_or_removed()
    {
        var queues = new TestQueues();
        var topology = new Topology(queues);
        var exchange = topology.Declare("x", "direct");
        for (var i = 0; i < Rounds; i++)
        {
            var queue = queues.Add("q");
            using var start = new Barrier(2);
            var binder = Task.Run(() =>
            {
                start.SignalAndWait();
                return Record.Exception(() => topology.Bind(exchange, queue, "k"));
            });
            start.SignalAndWait();
            queues.Remove("q");
            topology.RemoveDestination(queue, out _, out _);

            Assert.True(await binder is null or ChannelException { Code: ReplyCode.NotFound });
            Assert.Empty(topology.BindingsFrom(exchange));
            Assert.Empty(topology.RouteNames(exchange, "k"));
        }
    }

    private static void Churn(Topology topology, Exchange exchange, TestQueues queues, FieldTable arguments, Func<string[]> route)
    {
        var living = new Queue<TestQueue>();
        for (var i = 0; i < Rounds; i++)
        {
            var queue = queues.Add($"q{i}");
            living.Enqueue(queue);
            foreach (var pattern in s_patterns) topology.Bind(exchange, queue, pattern, arguments);
            if (i % 3 == 0) topology.Unbind(exchange, queue, "#", arguments, out _);
            if (i % 16 == 0) Assert.Contains(queue.Name, route());
            if (living.Count < 8) continue;
            var deleted = living.Dequeue();
            queues.Remove(deleted.Name);
            topology.RemoveDestination(deleted, out _, out _);
            if (i % 16 == 0) Assert.DoesNotContain(deleted.Name, route());
        }
        foreach (var queue in living) topology.RemoveDestination(queue, out _, out _);
    }
}
