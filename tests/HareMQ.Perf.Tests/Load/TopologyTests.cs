namespace HareMQ.Perf.Tests;

public sealed class TopologyTests
{
    [Fact]
    public void Without_an_exchange_queues_are_reached_by_their_names()
    {
        var topology = Topology.From(new LoadOptions { Queues = NumberRange.Parse("3-5"), QueuePattern = "q-%d" });
        Assert.Equal(["q-3", "q-4", "q-5"], topology.Queues);
        Assert.Equal(topology.Queues, topology.RoutingKeys);
        Assert.Equal([1, 1, 1], topology.CountCopies());
    }

    [Theory]
    [InlineData("direct", "key-%d", null, new[] { 1, 1, 1 })]
    [InlineData("direct", "same", null, new[] { 3 })]
    [InlineData("direct", "key-%d", "other", new[] { 0, 0, 0 })]
    [InlineData("fanout", null, null, new[] { 3 })]
    [InlineData("topic", "a.%d.b", "a.*.#", new[] { 3, 3, 3 })]
    [InlineData("topic", "a.%d.b", "a.%d.#", new[] { 1, 1, 1 })]
    [InlineData("topic", "a.%d.b", "b.#", new[] { 0, 0, 0 })]
    [InlineData("headers", null, null, new[] { 3 })]
    [InlineData("x-consistent-hash", null, null, new[] { 1, 1, 1 })]
    [InlineData("x-unheard-of", null, null, null)]
    public void The_number_of_deliveries_is_known_beforehand(string type, string? routingKey, string? bindingKey, int[]? copies)
    {
        var options = new LoadOptions
        {
            Queues = new(1, 3), Exchange = "x", ExchangeType = type, RoutingKey = routingKey, BindingKey = bindingKey,
        };
        Assert.Equal(copies, Topology.From(options).CountCopies());
    }

    [Fact]
    public void What_others_declared_is_not_foretold() =>
        Assert.Null(Topology.From(new LoadOptions { Exchange = "x", Declare = false }).CountCopies());

    [Fact]
    public void Several_queues_need_several_names()
    {
        var options = new LoadOptions { Queues = new(1, 2), QueuePattern = "q" };
        Assert.Contains("%d", Assert.Throws<PerfException>(() => Topology.From(options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b", "a.b", true)]
    [InlineData("a.*", "a.b", true)]
    [InlineData("a.*", "a", false)]
    [InlineData("a.*", "a.b.c", false)]
    [InlineData("#", "a.b.c", true)]
    [InlineData("a.#", "a", true)]
    [InlineData("#.c", "a.b.c", true)]
    [InlineData("#.b.#.c", "a.b.c", true)]
    [InlineData("*.k1.#", "w.k12.z", false)]
    public void Topic_patterns_match_word_by_word(string pattern, string key, bool matches) =>
        Assert.Equal(matches, TopicPattern.Matches(pattern, key));
}
