using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>Random changes to exchanges of all types, bound to queues and to each other, against the naive model.</summary>
public sealed class TopologyProperties
{
    private static readonly string[] s_types = ["direct", "fanout", "topic", "headers"];
    private static readonly string[] s_exchanges = ["x0", "x1", "x2", "x3", "x4", "x5"];
    private static readonly string[] s_queues = ["q0", "q1", "q2", "q3"];

    private static Gen<Change> Changes { get; } = Gen.Frequency<Change>(
        (12, from source in Gen.Elements(s_exchanges)
             from destination in Gen.Elements([.. s_queues, .. s_queues, .. s_exchanges])
             from key in Generators.Pattern
             from arguments in Generators.Match
             select (Change)new Bind(source, destination, key, arguments)),
        (4, Gen.Choose(0, 1000).Select(n => (Change)new Unbind(n))),
        (2, from exchange in Gen.Elements(s_exchanges)
            from alternate in Gen.Elements<string?>([null, "", "missing", .. s_exchanges])
            select (Change)new SetAlternate(exchange, alternate)),
        (4, from name in Gen.Elements(s_exchanges)
            from type in Gen.Elements(s_types)
            from autoDelete in Gen.Elements(true, false)
            select (Change)new DeclareExchange(name, type, autoDelete)),
        (4, Gen.Elements(s_queues).Select(name => (Change)new DeclareQueue(name))),
        (1, Gen.Elements([.. s_exchanges, .. s_queues]).Select(name => (Change)new Delete(name))));

    private static Gen<Change[]> Histories { get; } =
        from setup in Gen.Elements(s_types).ArrayOf(s_exchanges.Length)
        from changes in Changes.ArrayOf()
        from messages in Gen.Choose(1, 3).SelectMany(n => Message.ArrayOf(n))
        select (Change[])
            [.. messages,
             .. setup.Select((type, i) => new DeclareExchange(s_exchanges[i], type, AutoDelete: false)),
             .. s_queues.Select(name => new DeclareQueue(name)),
             .. changes];

    private static Gen<Change> Message { get; } =
        from key in Gen.Frequency((3, Generators.RoutingKey), (1, Gen.Elements(s_queues)))
        from headers in Generators.HeadersWithKeys
        select (Change)new Publish(key, headers);

    [Fact]
    public void Whatever_changes_every_message_goes_where_the_model_says() =>
        Generators.Check(Histories, 1500, history =>
        {
            var both = new Both();
            foreach (var change in history)
            {
                both.Apply(change);
                both.CompareRoutes();
            }
            both.CompareBindings();
        });

    private abstract record Change;

    private sealed record Publish(string Key, FieldTable Headers) : Change;

    private sealed record Bind(string Source, string Destination, string Key, FieldTable Arguments) : Change;

    private sealed record Unbind(int Index) : Change;

    private sealed record SetAlternate(string Exchange, string? Alternate) : Change;

    private sealed record DeclareExchange(string Name, string Type, bool AutoDelete) : Change;

    private sealed record DeclareQueue(string Name) : Change;

    private sealed record Delete(string Name) : Change;

    /// <summary>The topology and the model side by side, and a route cache as a channel keeps it.</summary>
    private sealed class Both
    {
        private readonly TestQueues _queues = new();
        private readonly Topology _topology;
        private readonly NaiveTopology _model = new();
        private readonly List<Publish> _messages = [];
        private readonly Dictionary<(Exchange, string), (int Version, RouteTargets Targets)> _cache = [];

        public Both()
        {
            _topology = new Topology(_queues);
            _model.Exchanges[""] = new NaiveExchange("direct", AutoDelete: false);
        }

        public void Apply(Change change)
        {
            switch (change)
            {
                case Publish message: _messages.Add(message); break;
                case Bind bind: Apply(bind); break;
                case Unbind unbind: Apply(unbind); break;
                case SetAlternate(var name, var alternate) when _topology.TryGetExchange(name, out var exchange):
                    _topology.SetAlternateExchange(exchange, alternate);
                    _model.Exchanges[name].Alternate = alternate;
                    break;
                case DeclareExchange(var name, var type, var autoDelete) when _model.Exchanges.TryAdd(name, new(type, autoDelete)):
                    _topology.Declare(name, type, autoDelete);
                    break;
                case DeclareQueue(var name) when _model.Queues.Add(name):
                    _queues.Add(name);
                    _topology.QueueAdded();
                    break;
                case Delete(var name): Apply(name); break;
            }
        }

        public void CompareRoutes()
        {
            foreach (var (name, _) in _model.Exchanges)
            {
                foreach (var message in _messages)
                {
                    Assert.True(_topology.TryGetExchange(name, out var exchange));
                    var queues = Route(exchange, message).Queues;
                    Assert.Equal(
                        _model.Route(name, message.Key, message.Headers),
                        queues.Select(q => q.Name).Order(StringComparer.Ordinal));
                    Assert.All(queues, q => Assert.Same(_queues.Find(q.Name), q));
                }
            }
        }

        public void CompareBindings()
        {
            Assert.Equal(_model.Exchanges.Keys.Order(), _topology.Exchanges.Select(x => x.Name).Order());
            foreach (var exchange in _topology.Exchanges)
            {
                var bindings = _topology.BindingsFrom(exchange);
                Assert.Equal(bindings.Count > 0, exchange.HasBindings);
                Assert.Equivalent(_model.Bindings.Where(b => b.Source == exchange.Name), bindings.Select(Naive), strict: true);
                Assert.Equivalent(
                    _model.Bindings.Where(b => b.Destination == exchange.Name), _topology.BindingsTo(exchange).Select(Naive), strict: true);
            }
        }

        private static NaiveBinding Naive(Binding b) => new(b.Source.Name, b.Destination.Name, b.RoutingKey, b.Arguments);

        private RouteTargets Route(Exchange exchange, Publish message)
        {
            var cacheable = !RoutingKeys.AreInHeaders(message.Headers.Encoded.Span);
            var version = _topology.Version;
            if (cacheable && _cache.TryGetValue((exchange, message.Key), out var cached) && cached.Version == version)
                return cached.Targets;
            var properties = BasicProperties.Read(EncodedProperties.WithHeaders(message.Headers));
            var targets = _topology.Route(exchange, Encoding.UTF8.GetBytes(message.Key), in properties, out var dependsOnMessage);
            if (cacheable && !dependsOnMessage) _cache[(exchange, message.Key)] = (version, targets);
            return targets;
        }

        private void Apply(Bind bind)
        {
            if (!_topology.TryGetExchange(bind.Source, out var source) || Target(bind.Destination) is not { } destination) return;
            // Duplicates differ in the order of their arguments.
            var reversed = bind.Arguments.Reverse()
                .Aggregate(new FieldTableBuilder(), (b, entry) => b.Add(entry.Name, entry.Value)).ToTable();
            var binding = new NaiveBinding(bind.Source, bind.Destination, bind.Key, bind.Arguments);
            var isNew = !_model.Bindings.Contains(binding);
            if (isNew) _model.Bindings.Add(binding);
            Assert.Equal(isNew, _topology.Bind(source, destination, bind.Key, bind.Arguments));
            if (bind.Arguments.Equals(reversed)) Assert.False(_topology.Bind(source, destination, bind.Key, reversed));
        }

        private void Apply(Unbind unbind)
        {
            if (_model.Bindings.Count == 0) return;
            var binding = _model.Bindings[unbind.Index % _model.Bindings.Count];
            Assert.True(_topology.TryGetExchange(binding.Source, out var source));
            var destination = Target(binding.Destination)!;
            Assert.True(_topology.Unbind(source, destination, binding.Key, binding.Arguments, out var autoDeleted));
            Assert.False(_topology.Unbind(source, destination, binding.Key, binding.Arguments, out _));
            Assert.Equal(_model.Unbind(binding).Order(), autoDeleted.Select(x => x.Name).Order());
        }

        private void Apply(string deleted)
        {
            var bindingsBefore = _model.Bindings.Count;
            IReadOnlyList<Binding> removed = [];
            IReadOnlyList<Exchange> autoDeleted = [];
            if (_queues.Find(deleted) is { } queue)
            {
                _queues.Remove(deleted);
                _topology.RemoveDestination(queue, out removed, out autoDeleted);
            }
            else
            {
                Assert.Equal(
                    _model.Exchanges.ContainsKey(deleted),
                    _topology.DeleteExchange(deleted, ifUnused: false, out removed, out autoDeleted));
            }
            Assert.Equal(_model.Delete(deleted).Order(), autoDeleted.Select(x => x.Name).Order());
            Assert.Equal(bindingsBefore - _model.Bindings.Count, removed.Distinct().Count());
        }

        private IRouteTarget? Target(string name) =>
            _queues.Find(name) is { } queue ? queue : _topology.TryGetExchange(name, out var exchange) ? exchange : null;
    }
}
