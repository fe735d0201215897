using System.Diagnostics.CodeAnalysis;
using System.Text;
using HareMQ.Amqp.Publishing;
using HareMQ.Broker.Access;
using HareMQ.Broker.Exchanges;

namespace HareMQ.Amqp.Tests.Publishing;

public sealed class RouteCacheTests
{
    private readonly Topology _topology = new(new NoQueues());
    private readonly AccessControl _access = new();
    private readonly RouteCache _cache;

    public RouteCacheTests() => _cache = new RouteCache(_topology, _access);

    [Fact]
    public void What_was_remembered_is_found()
    {
        var targets = Remember("a");
        Assert.Same(targets, Find("a"));
        Assert.Same(targets, Find("a"));
        Assert.Null(Find("b"));
        Assert.Null(Find(""));
    }

    [Fact]
    public void A_change_of_the_topology_outdates_everything()
    {
        Remember("a");
        _topology.QueueAdded();
        Assert.Null(Find("a"));
        Assert.Same(Remember("a"), Find("a"));
    }

    [Fact]
    public void A_change_of_permissions_outdates_everything()
    {
        Remember("a");
        _access.SetUser(new User("bob", PasswordHash.Create("secret"u8), []));
        Assert.Null(Find("a"));
        Assert.Same(Remember("a"), Find("a"));
    }

    [Fact]
    public void A_route_computed_before_a_change_does_not_count_after_it()
    {
        var before = _topology.Version;
        _topology.QueueAdded();
        _cache.Remember(Key("a"), new RouteTargets([]), before, _access.Version);
        Assert.Null(Find("a"));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 500)]
    [InlineData(3, 20_000)]
    public void A_key_finds_its_own_route_or_none(int seed, int keys)
    {
        var random = new Random(seed);
        var remembered = new Dictionary<string, RouteTargets>(StringComparer.Ordinal);
        var found = 0;
        for (var step = 0; step < 50_000; step++)
        {
            // Names of all lengths that differ in one place only.
            var key = $"{new string('x', random.Next(20))}{random.Next(keys)}";
            if (Find(key) is { } targets)
            {
                Assert.Same(remembered[key], targets);
                found++;
            }
            else
            {
                remembered[key] = Remember(key);
            }
        }

        Assert.True(found > 100);
    }

    [Fact]
    public void As_many_keys_as_fit_are_mostly_found_again()
    {
        for (var round = 0; round < 20; round++)
            for (var i = 0; i < 1000; i++)
                if (Find($"key.{i}") is null) Remember($"key.{i}");
        Assert.InRange(Enumerable.Range(0, 1000).Count(i => Find($"key.{i}") is not null), 700, 1000);
    }

    private RouteTargets? Find(string key) => _cache.Find(Key(key));

    private RouteTargets Remember(string key)
    {
        var targets = new RouteTargets([]);
        _cache.Remember(Key(key), targets, _topology.Version, _access.Version);
        return targets;
    }

    private static byte[] Key(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return [0, (byte)utf8.Length, .. utf8];
    }

    private sealed class NoQueues : IQueueDirectory
    {
        public bool TryGetQueue(ReadOnlySpan<char> name, [NotNullWhen(true)] out IRouteTarget? queue)
        {
            queue = null;
            return false;
        }
    }
}
