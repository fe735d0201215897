using HareMQ.Broker.Definitions;

namespace HareMQ.Broker.Tests.Definitions;

public sealed class DefinitionsStateTests
{
    private readonly DefinitionsState _state = new();

    [Fact]
    public void No_lines_are_the_empty_state()
    {
        Assert.True(_state.IsEmpty);
        Assert.Empty(_state.Lines);
    }

    [Fact]
    public void The_last_word_on_a_thing_counts()
    {
        Apply(new VirtualHostPut("/"), User("bob", "old"), User("bob", "new"), Permission("bob", ".*"), Permission("bob", "^a"));
        Assert.Equal("new", Assert.Single(_state.Users).PasswordHash);
        Assert.Equal("^a", Assert.Single(_state.Permissions).Configure);
    }

    [Fact]
    public void A_deleted_user_takes_the_permissions_along()
    {
        Apply(
            new VirtualHostPut("/"), User("bob"), User("eve"), Permission("bob"), Permission("eve"),
            new TopicPermissionPut("bob", "/", "e", "", ""), new UserLimitsPut("bob", 1, 1), new UserGone("bob"));
        Assert.Empty(_state.TopicPermissions);
        Assert.Empty(_state.UserLimits);
        Assert.Equal("eve", Assert.Single(_state.Users).Name);
        Assert.Equal("eve", Assert.Single(_state.Permissions).User);
    }

    [Fact]
    public void A_deleted_virtual_host_takes_everything_in_it_along()
    {
        Apply(
            new VirtualHostPut("/"), new VirtualHostPut("other"), User("bob"),
            Permission("bob"), Exchange("e"), Queue("q"), Binding("e", "q"), new TopicPermissionPut("bob", "/", "e", "", ""),
            new VirtualHostLimitsPut("/", 1, 1), new PolicyPut("/", "p", "", "all", 0, []),
            new OperatorPolicyPut("/", "p", "", "all", 0, []), new VirtualHostGone("/"));
        Assert.Equal("other", Assert.Single(_state.VirtualHosts).Name);
        Assert.Equal(new Definition[] { new VirtualHostPut("other"), _state.Users.Single() }, _state.Lines);
    }

    [Fact]
    public void A_virtual_host_made_anew_is_empty()
    {
        Apply(new VirtualHostPut("/"), Queue("q"), Binding("amq.direct", "q"), new VirtualHostGone("/"), new VirtualHostPut("/"), Queue("q"));
        Assert.Single(_state.Queues);
        Assert.Empty(_state.Bindings);
    }

    [Fact]
    public void A_queue_made_anew_has_no_bindings_but_those_made_since()
    {
        Apply(
            new VirtualHostPut("/"), Queue("q", log: 1), Binding("amq.direct", "q", "old"),
            new QueueGone("/", "q"), Queue("q", log: 2), Binding("amq.direct", "q", "new"));
        Assert.Equal(2ul, Assert.Single(_state.Queues).Log);
        Assert.Equal("new", Assert.Single(_state.Bindings).Key);
    }

    [Fact]
    public void A_queue_put_over_one_that_is_not_gone_yet_has_no_bindings_of_it()
    {
        Apply(new VirtualHostPut("/"), Queue("q", log: 1), Binding("amq.direct", "q"), Queue("q", log: 2));
        Assert.Equal(2ul, Assert.Single(_state.Queues).Log);
        Assert.Empty(_state.Bindings);
    }

    [Fact]
    public void An_exchange_made_anew_has_neither_bindings_from_it_nor_to_it()
    {
        Apply(
            new VirtualHostPut("/"), Exchange("e"), Exchange("f"), Queue("q"), Binding("e", "q"), ExchangeBinding("f", "e"),
            new ExchangeGone("/", "e"), Exchange("e"));
        Assert.Empty(_state.Bindings);
    }

    [Fact]
    public void A_binding_whose_ends_are_not_there_is_left_out()
    {
        Apply(new VirtualHostPut("/"), Queue("q"), Binding("missing", "q"), Binding("amq.topic", "missing"), Binding("amq.topic", "q"));
        Assert.Equal("amq.topic", Assert.Single(_state.Bindings).Source);
    }

    [Fact]
    public void Bindings_that_differ_only_in_their_arguments_are_two()
    {
        Apply(new VirtualHostPut("/"), Queue("q"), Binding("amq.headers", "q", arguments: [1]), Binding("amq.headers", "q", arguments: [2]));
        Assert.Equal(2, _state.Bindings.Count());
        Apply(new BindingGone("/", "amq.headers", "q", false, "k", [1]));
        Assert.Equal([2], Assert.Single(_state.Bindings).Arguments);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Replaying_the_shortest_log_gives_the_same_state(int seed)
    {
        var random = new Random(seed);
        var statesWithBindings = 0;
        for (var step = 0; step < 3000; step++)
        {
            _state.Apply(RandomDefinition(random));
            if (step % 10 != 0) continue;
            var replayed = new DefinitionsState();
            foreach (var line in _state.Lines) replayed.Apply(line);
            Assert.Equal(Sorted(_state), Sorted(replayed));
            if (replayed.Bindings.Any()) statesWithBindings++;
        }

        Assert.True(statesWithBindings > 50);
    }

    private static string[] Sorted(DefinitionsState state) => [.. state.Lines.Select(DefinitionText.Of).Order(StringComparer.Ordinal)];

    private static Definition RandomDefinition(Random random)
    {
        if (random.Next(4) == 0) return RandomRule(random);
        var exchange = random.Next(4) == 0 ? "amq.direct" : $"e{random.Next(3)}";
        var queue = $"q{random.Next(4)}";
        return random.Next(30) switch
        {
            0 => new VirtualHostGone("/"),
            < 3 => new VirtualHostPut("/"),
            < 5 => User($"u{random.Next(3)}"),
            5 => new UserGone($"u{random.Next(3)}"),
            < 8 => Permission($"u{random.Next(3)}"),
            8 => new PermissionGone($"u{random.Next(3)}", "/"),
            < 13 => Exchange($"e{random.Next(3)}"),
            13 => new ExchangeGone("/", $"e{random.Next(3)}"),
            < 20 => Queue(queue, (ulong)random.Next(100)),
            20 => new QueueGone("/", queue),
            < 28 => Binding(exchange, queue, $"k{random.Next(2)}"),
            28 => ExchangeBinding(exchange, $"e{random.Next(3)}"),
            _ => new BindingGone("/", exchange, queue, false, $"k{random.Next(2)}", []),
        };
    }

    private static Definition RandomRule(Random random) => random.Next(8) switch
    {
        0 => new TopicPermissionPut($"u{random.Next(3)}", "/", $"e{random.Next(3)}", $"{random.Next(3)}", ".*"),
        1 => new TopicPermissionGone($"u{random.Next(3)}", "/", random.Next(3) == 0 ? null : $"e{random.Next(3)}"),
        2 => new VirtualHostLimitsPut("/", random.Next(3), null),
        3 => new UserLimitsPut($"u{random.Next(3)}", null, random.Next(3)),
        4 => new PolicyPut("/", $"p{random.Next(3)}", "", "all", random.Next(3), []),
        5 => new PolicyGone("/", $"p{random.Next(3)}"),
        6 => new OperatorPolicyPut("/", $"p{random.Next(3)}", "", "all", random.Next(3), []),
        _ => new OperatorPolicyGone("/", $"p{random.Next(3)}"),
    };

    private static UserPut User(string name, string hash = "hash") => new(name, hash, "sha256", ["tag"]);

    private static PermissionPut Permission(string user, string configure = ".*") => new(user, "/", configure, ".*", ".*");

    private static ExchangePut Exchange(string name) => new("/", name, "direct", false, false, []);

    private static QueuePut Queue(string name, ulong log = 1) => new("/", name, false, [], log);

    private static BindingPut Binding(string source, string queue, string key = "k", byte[]? arguments = null) =>
        new("/", source, queue, false, key, arguments ?? []);

    private static BindingPut ExchangeBinding(string source, string destination) => new("/", source, destination, true, "k", []);

    private void Apply(params ReadOnlySpan<Definition> definitions)
    {
        foreach (var definition in definitions) _state.Apply(definition);
    }
}
