using System.Text;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

public sealed class TopologyTests
{
    private readonly TestQueues _queues = new();
    private readonly Topology _topology;

    public TopologyTests() => _topology = new Topology(_queues);

    [Fact]
    public void Every_virtual_host_has_the_predeclared_exchanges()
    {
        _topology.Predeclare();

        Assert.Equal(
            [("", "direct", false), ("amq.direct", "direct", false), ("amq.fanout", "fanout", false), ("amq.headers", "headers", false),
             ("amq.match", "headers", false), ("amq.rabbitmq.trace", "topic", true), ("amq.topic", "topic", false)],
            _topology.Exchanges.OrderBy(x => x.Name, StringComparer.Ordinal).Select(x => (x.Name, x.Type, x.Internal)));
        Assert.All(_topology.Exchanges, x => Assert.True(x.Durable && !x.AutoDelete));
    }

    [Fact]
    public void Declaring_again_gives_the_same_exchange()
    {
        var first = _topology.DeclareExchange("x", "topic", true, true, false, FieldTable.Empty, out var created);
        Assert.True(created);

        var ignored = new FieldTableBuilder().Add("x-unknown", 1).ToTable();
        Assert.Same(first, _topology.DeclareExchange("x", "topic", true, true, false, ignored, out created));
        Assert.False(created);
        Assert.True(_topology.TryGetExchange("x", out var found));
        Assert.Same(first, found);
        Assert.True(_topology.TryGetExchange("x".AsSpan(), out found));
        Assert.Same(first, found);
    }

    [Theory]
    [InlineData("fanout", true, false, false, "'type'", "received 'fanout' but current is 'direct'")]
    [InlineData("direct", false, false, false, "'durable'", "received 'false' but current is 'true'")]
    [InlineData("direct", true, true, false, "'auto_delete'", "received 'true' but current is 'false'")]
    [InlineData("direct", true, false, true, "'internal'", "received 'true' but current is 'false'")]
    public void Declaring_something_else_under_the_same_name_is_refused(
        string type, bool durable, bool autoDelete, bool isInternal, string property, string difference)
    {
        _topology.Declare("x", "direct");

        Refused(
            $"inequivalent arg {property} for exchange 'x' in vhost '/': {difference}",
            () => _topology.DeclareExchange("x", type, durable, autoDelete, isInternal, FieldTable.Empty, out _));
    }

    [Fact]
    public void An_unknown_type_is_refused_even_for_an_existing_exchange()
    {
        _topology.Declare("x", "direct");

        Refused("unknown exchange type 'none'", () => _topology.Declare("x", "none"));
        Refused("unknown exchange type 'none'", () => _topology.Declare("y", "none"));
    }

    [Theory]
    [InlineData("a", "b", "received 'b' but current is 'a'")]
    [InlineData(null, "b", "received the value 'b' of type 'longstr' but current is none")]
    [InlineData("a", null, "received none but current is the value 'a' of type 'longstr'")]
    public void Declaring_with_another_alternate_exchange_is_refused(string? current, string? received, string text)
    {
        _topology.Declare("x", "direct", alternate: current);

        Refused(
            "inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': " + text,
            () => _topology.Declare("x", "direct", alternate: received));
        Assert.Equal(current, _topology.Declare("x", "direct", alternate: current).AlternateExchange);
    }

    [Fact]
    public void An_alternate_exchange_that_is_no_string_is_refused()
    {
        var arguments = new FieldTableBuilder().Add("alternate-exchange", FieldValue.FromInt(1)).ToTable();

        Refused(
            "invalid type 'signedint' for arg 'alternate-exchange' in exchange 'x' in vhost '/'",
            () => _topology.DeclareExchange("x", "direct", true, false, false, arguments, out _));
        Assert.False(_topology.TryGetExchange("x", out _));
    }

    [Fact]
    public void A_further_type_attaches_without_the_topology_knowing_it()
    {
        var types = ExchangeTypes.BuiltIn.With("x-first", declaration => new FirstExchange(declaration));
        var topology = new Topology(_queues, "/", types);
        var exchange = topology.Declare("x", "x-first");
        topology.Bind(exchange, _queues.Add("one"));
        topology.Bind(exchange, _queues.Add("two"));

        var targets = topology.Route(exchange, "k"u8, default, out var dependsOnMessage);

        Assert.Single(targets.Queues);
        Assert.True(dependsOnMessage);
        Assert.Equal([.. ExchangeTypes.BuiltIn.Names, "x-first"], types.Names.OrderBy(name => name == "x-first"));
        Assert.DoesNotContain("x-first", ExchangeTypes.BuiltIn.Names);
    }

    [Fact]
    public void The_default_exchange_routes_by_queue_name()
    {
        _queues.Add("q");

        Assert.Equal(["q"], _topology.RouteNames(_topology.Default, "q"));
        Assert.Empty(_topology.RouteNames(_topology.Default, "other"));
        Assert.Same(RouteTargets.Empty, _topology.Route(_topology.Default, ""u8, default));
    }

    [Fact]
    public void Nothing_is_bound_to_or_from_the_default_exchange()
    {
        var exchange = _topology.Declare("x", "fanout");

        Refused("operation not permitted on the default exchange", () => _topology.Bind(_topology.Default, _queues.Add("q"), "k"));
        Refused("operation not permitted on the default exchange", () => _topology.Bind(exchange, _topology.Default, "k"));
        Refused("operation not permitted on the default exchange", () => _topology.DeleteExchange("", false, out _, out _));
    }

    [Fact]
    public void Cc_and_bcc_add_keys_for_which_each_queue_gets_one_copy()
    {
        var exchange = _topology.Declare("x", "direct");
        foreach (var key in (string[])["a", "b", "c", "d"]) _topology.Bind(exchange, _queues.Add(key), key);
        _topology.Bind(exchange, _queues.Find("a")!, "b");
        var headers = new FieldTableBuilder()
            .Add("CC", FieldValue.FromArray(FieldValue.FromString("b"), FieldValue.FromInt(7)))
            .Add("BCC", FieldValue.FromArray(FieldValue.FromString("c"), FieldValue.FromString(new string('x', 5000))))
            .ToTable();

        Assert.Equal(["a", "b", "c"], _topology.RouteNames(exchange, "a", headers));
        Assert.Equal(["b", "c", "d"], _topology.RouteNames(_topology.Default, "d", headers));
    }

    [Theory]
    [InlineData("CC", "invalid message: {unacceptable_type_in_header,\"CC\",longstr}")]
    [InlineData("BCC", "invalid message: {unacceptable_type_in_header,\"BCC\",longstr}")]
    public void Cc_that_is_no_array_is_refused_and_the_next_message_is_routed(string header, string text)
    {
        _queues.Add("q");
        var headers = new FieldTableBuilder().Add(header, "q").ToTable();

        Refused(text, () => _topology.RouteNames(_topology.Default, "q", headers));
        Assert.Equal(["q"], _topology.RouteNames(_topology.Default, "q"));
    }

    [Fact]
    public void Only_routes_that_another_message_would_share_may_be_cached()
    {
        var fanout = _topology.Declare("fanout", "fanout");
        var topic = _topology.Declare("topic", "topic");
        var headers = _topology.Declare("headers", "headers");
        _topology.Bind(fanout, topic);
        _topology.Bind(topic, headers, "to.headers");
        var cc = new FieldTableBuilder().Add("CC", FieldValue.FromArray()).ToTable();

        Assert.False(DependsOnMessage(fanout, "other", FieldTable.Empty));
        Assert.True(DependsOnMessage(fanout, "to.headers", FieldTable.Empty));
        Assert.True(DependsOnMessage(headers, "other", FieldTable.Empty));
        Assert.True(DependsOnMessage(fanout, "other", cc));
        Assert.True(RoutingKeys.AreInHeaders(cc.Encoded.Span));
        Assert.False(RoutingKeys.AreInHeaders(new FieldTableBuilder().Add("cc", 1).ToTable().Encoded.Span));
        Assert.False(RoutingKeys.AreInHeaders(default));
    }

    [Fact]
    public void Whatever_can_change_a_route_changes_the_version()
    {
        var versions = new List<int> { _topology.Version };
        var exchange = _topology.Declare("x", "direct");
        Note();
        var queue = _queues.Add("q");
        _topology.QueueAdded();
        Note();
        _topology.Bind(exchange, queue, "k");
        Note();
        _topology.SetAlternateExchange(exchange, "other");
        Note();
        _topology.Unbind(exchange, queue, "k");
        Note();
        _topology.DeleteExchange("x", ifUnused: true, out _, out _);
        Note();
        _topology.RemoveDestination(queue, out _, out _);
        Note();

        Assert.Equal(versions.Distinct(), versions);

        void Note() => versions.Add(_topology.Version);
    }

    [Fact]
    public void What_changes_no_route_keeps_cached_routes_valid()
    {
        var exchange = _topology.Declare("x", "direct");
        var queue = _queues.Add("q");
        _topology.Bind(exchange, queue, "k");
        var version = _topology.Version;

        Assert.False(_topology.Bind(exchange, queue, "k"));
        Assert.False(_topology.Unbind(exchange, queue, "other"));
        Assert.False(_topology.DeleteExchange("other", false, out _, out _));
        _topology.Declare("x", "direct");

        Assert.Equal(version, _topology.Version);
    }

    [Fact]
    public void An_exchange_in_use_is_deleted_only_when_that_does_not_matter()
    {
        var exchange = _topology.Declare("x", "fanout");
        var upstream = _topology.Declare("upstream", "fanout");
        _topology.Bind(exchange, _queues.Add("q"));
        _topology.Bind(upstream, exchange);

        Refused("exchange 'x' in vhost '/' in use", () => _topology.DeleteExchange("x", true, out _, out _));
        Assert.True(_topology.DeleteExchange("x", false, out var removed, out _));
        Assert.Equal(2, removed.Count);
        Assert.Empty(_topology.BindingsFrom(upstream));
        Assert.Empty(_topology.BindingsTo(_queues.Find("q")!));
        Assert.True(_topology.DeleteExchange("upstream", true, out _, out _));
    }

    [Fact]
    public void An_auto_delete_exchange_goes_with_its_last_binding_and_takes_along_those_that_fed_only_it()
    {
        var first = _topology.Declare("first", "fanout", autoDelete: true);
        var second = _topology.Declare("second", "fanout", autoDelete: true);
        _topology.Declare("never-bound", "fanout", autoDelete: true);
        var queue = _queues.Add("q");
        _topology.Bind(first, second);
        _topology.Bind(second, queue, "one");
        _topology.Bind(second, queue, "two");

        _topology.Unbind(second, queue, "one", FieldTable.Empty, out var autoDeleted);
        Assert.Empty(autoDeleted);
        _topology.Unbind(second, queue, "two", FieldTable.Empty, out autoDeleted);

        Assert.Equal([second, first], autoDeleted);
        Assert.Equal(["", "never-bound"], _topology.Exchanges.Select(x => x.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_exchange_bound_to_itself_routes_once_and_can_be_deleted()
    {
        var exchange = _topology.Declare("x", "fanout", autoDelete: true);
        _topology.Bind(exchange, exchange);
        _topology.Bind(exchange, _queues.Add("q"));

        Assert.Equal(["q"], _topology.RouteNames(exchange, "k"));
        Assert.True(_topology.DeleteExchange("x", false, out var removed, out var autoDeleted));
        Assert.Equal(2, removed.Count);
        Assert.Empty(autoDeleted);
    }

    [Fact]
    public void What_was_deleted_cannot_be_bound()
    {
        var deleted = _topology.Declare("x", "fanout");
        var other = _topology.Declare("other", "fanout");
        _topology.DeleteExchange("x", false, out _, out _);
        _topology.Declare("x", "fanout");
        var queue = _queues.Add("q");
        _queues.Add("q");

        Refused("no exchange 'x' in vhost '/'", () => _topology.Bind(deleted, other));
        Refused("no exchange 'x' in vhost '/'", () => _topology.Bind(other, deleted));
        Refused("no queue 'q' in vhost '/'", () => _topology.Bind(other, queue));
    }

    [Fact]
    public void An_alternate_exchange_gets_what_has_no_destination()
    {
        var entry = _topology.Declare("entry", "direct", alternate: "second");
        _topology.Declare("second", "direct", alternate: "entry");
        _topology.Bind(entry, _queues.Add("q"), "known");
        Assert.Empty(_topology.RouteNames(entry, "unknown"));

        _topology.TryGetExchange("second", out var second);
        _topology.SetAlternateExchange(second!, "last");
        Assert.Empty(_topology.RouteNames(entry, "unknown"));
        _topology.Bind(_topology.Declare("last", "fanout"), _queues.Add("lost"));

        Assert.Equal(["lost"], _topology.RouteNames(entry, "unknown"));
        Assert.Equal(["q"], _topology.RouteNames(entry, "known"));
    }

    private static void Refused(string text, Action action) =>
        Assert.EndsWith(" - " + text, Assert.Throws<ChannelException>(action).Message);

    private bool DependsOnMessage(Exchange exchange, string key, FieldTable headers)
    {
        var properties = EncodedProperties.WithHeaders(headers);
        _topology.Route(exchange, Encoding.UTF8.GetBytes(key), BasicProperties.Read(properties), out var dependsOnMessage);
        return dependsOnMessage;
    }

    /// <summary>Everything to the first queue that was bound.</summary>
    private sealed class FirstExchange(ExchangeDeclaration declaration) : Exchange(declaration)
    {
        private readonly Bag<Binding> _bindings = new();

        public override RouteInputs Inputs => RouteInputs.Message;

        public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk) =>
            walk.Found(_bindings.Items[..1]);

        protected override void AddToIndex(Binding binding) => _bindings.Add(binding);

        protected override void RemoveFromIndex(Binding binding) => _bindings.Remove(binding);
    }
}
