using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using HareMQ.Broker.Deduplication;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>All exchanges and bindings of one virtual host. Any thread may call anything; routing takes no lock.</summary>
/// <remarks>Permissions, reserved names and the rules of who may declare what are the caller's.</remarks>
internal sealed partial class Topology
{
    private readonly Lock _changes = new();
    private readonly ConcurrentDictionary<string, Exchange> _exchanges = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Exchange>.AlternateLookup<ReadOnlySpan<char>> _exchangesByName;
    private readonly IQueueDirectory _queues;
    private readonly string _virtualHost;
    private readonly ExchangeTypes _types;
    private int _version;

    public Topology(IQueueDirectory queues, string virtualHost = "/", ExchangeTypes? types = null)
    {
        _queues = queues;
        _virtualHost = virtualHost;
        _types = types ?? ExchangeTypes.BuiltIn;
        _exchangesByName = _exchanges.GetAlternateLookup<ReadOnlySpan<char>>();
        Default = new DefaultExchange(queues);
        _exchanges[""] = Default;
    }

    /// <summary>
    /// Grows with every change that can change a route. Read it before routing: what was found under an older one is out of date.
    /// </summary>
    public int Version => Volatile.Read(ref _version);

    public Exchange Default { get; }

    /// <summary>The default exchange included.</summary>
    public IReadOnlyCollection<Exchange> Exchanges => [.. _exchanges.Values];

    public bool TryGetExchange(string name, [NotNullWhen(true)] out Exchange? exchange) => _exchanges.TryGetValue(name, out exchange);

    public bool TryGetExchange(ReadOnlySpan<char> name, [NotNullWhen(true)] out Exchange? exchange) =>
        _exchangesByName.TryGetValue(name, out exchange);

    /// <summary>Creates the exchanges that every virtual host has.</summary>
    public void Predeclare()
    {
        Predeclare("amq.direct", ExchangeTypes.Direct);
        Predeclare("amq.fanout", ExchangeTypes.Fanout);
        Predeclare("amq.topic", ExchangeTypes.Topic);
        Predeclare("amq.headers", ExchangeTypes.Headers);
        Predeclare("amq.match", ExchangeTypes.Headers);
        Predeclare("amq.rabbitmq.trace", ExchangeTypes.Topic, isInternal: true);
    }

    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: nobody has registered such a type.</exception>
    public void CheckType(string type)
    {
        if (!_types.TryGetFactory(type, out _)) throw RoutingErrors.UnknownExchangeType(type);
    }

    /// <summary>Creates the exchange, or checks that the one of that name is what the caller expects.</summary>
    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: unknown type, bad argument, or unlike the existing one.</exception>
    public Exchange DeclareExchange(
        string name, string type, bool durable, bool autoDelete, bool isInternal, FieldTable arguments, out bool created) =>
        DeclareExchange(new ExchangeDeclaration(name, type, durable, autoDelete, isInternal, arguments), out created);

    /// <inheritdoc cref="DeclareExchange(string, string, bool, bool, bool, FieldTable, out bool)"/>
    public Exchange DeclareExchange(ExchangeDeclaration declaration, out bool created)
    {
        var (name, type, arguments) = (declaration.Name, declaration.Type, declaration.Arguments);
        if (!_types.TryGetFactory(type, out var factory)) throw RoutingErrors.UnknownExchangeType(type);
        if (arguments.TryGet(ExchangeArguments.AlternateExchange, out var alternate) && alternate.Type != FieldType.LongString)
            throw RoutingErrors.InvalidArgumentType(ExchangeArguments.AlternateExchange, name, _virtualHost, alternate.Type);
        lock (_changes)
        {
            created = !_exchanges.TryGetValue(name, out var exchange);
            if (exchange is null)
            {
                exchange = factory(declaration);
                _exchanges[name] = exchange;
                RoutesChanged();
            }
            else
            {
                CheckEquivalence(exchange, declaration);
            }
            return exchange;
        }
    }

    /// <summary>For policies. The argument an exchange was declared with is the caller's to prefer.</summary>
    public void SetAlternateExchange(Exchange exchange, string? alternateExchange)
    {
        lock (_changes)
        {
            exchange.AlternateExchange = alternateExchange;
            RoutesChanged();
        }
    }

    /// <summary>To be told after a queue was listed in the directory: the default exchange now finds it.</summary>
    /// <remarks><see cref="RemoveDestination"/> tells that one was unlisted.</remarks>
    public void QueueAdded() => RoutesChanged();

    /// <inheritdoc cref="Route(Exchange, ReadOnlySpan{byte}, in BasicProperties, out bool, RouteDeduplication)"/>
    public RouteTargets Route(Exchange exchange, ReadOnlySpan<byte> routingKeyUtf8, in BasicProperties properties) =>
        Route(exchange, routingKeyUtf8, in properties, out _);

    /// <summary>Finds the queues for a message.</summary>
    /// <param name="exchange">Where it was published.</param>
    /// <param name="routingKeyUtf8">The key it was published with.</param>
    /// <param name="properties">Its properties; the headers table has been checked. None is the default value.</param>
    /// <param name="dependsOnMessage">False: until <see cref="Version"/> changes, the result holds for every message with this exchange and
    /// key for which <see cref="RoutingKeys.AreInHeaders"/> is false.</param>
    /// <param name="deduplication">Notes what exchanges know of the message's keys, and is the caller's to settle; null: it is published by
    /// the broker itself, which no exchange takes for a duplicate.</param>
    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: the CC or BCC header is not an array.</exception>
    public RouteTargets Route(
        Exchange exchange,
        ReadOnlySpan<byte> routingKeyUtf8,
        in BasicProperties properties,
        out bool dependsOnMessage,
        RouteDeduplication? deduplication = null)
    {
        var walk = RouteWalk.Begin();
        try
        {
            walk.Start(exchange, routingKeyUtf8, properties.Headers, deduplication);
            for (var i = 0; i < walk.Exchanges.Length; i++)
            {
                var current = walk.Exchanges[i];
                if (walk.Pass(current, in properties)) continue;
                if (current.AlternateExchange is { } name && _exchanges.TryGetValue(name, out var alternate)) walk.Visit(alternate);
            }
            dependsOnMessage = walk.DependsOnMessage;
            return walk.ToTargets();
        }
        finally
        {
            walk.End();
        }
    }

    // Last, after the change can be seen: a route found in between is cached under the old version, and dropped.
    private void RoutesChanged() => Interlocked.Increment(ref _version);

    private void Predeclare(string name, string type, bool isInternal = false) =>
        DeclareExchange(name, type, durable: true, autoDelete: false, isInternal, FieldTable.Empty, out _);

    private void CheckEquivalence(Exchange current, ExchangeDeclaration received)
    {
        CheckProperty("type", received.Type, current.Type);
        CheckProperty("durable", Text(received.Durable), Text(current.Durable));
        CheckProperty("auto_delete", Text(received.AutoDelete), Text(current.AutoDelete));
        CheckProperty("internal", Text(received.Internal), Text(current.Internal));
        CheckArgument(ExchangeArguments.AlternateExchange);
        foreach (var argument in current.ComparedArguments) CheckArgument(argument);

        void CheckProperty(string property, string receivedText, string currentText)
        {
            if (receivedText != currentText)
                throw RoutingErrors.InequivalentProperty(property, current.Name, _virtualHost, receivedText, currentText);
        }

        void CheckArgument(string name)
        {
            FieldValue? receivedValue = received.Arguments.TryGet(name, out var value) ? value : null;
            FieldValue? currentValue = current.Arguments.TryGet(name, out value) ? value : null;
            if (receivedValue?.ToString() != currentValue?.ToString())
                throw RoutingErrors.InequivalentArgument(name, current.Name, _virtualHost, receivedValue, currentValue);
        }

        static string Text(bool value) => value ? "true" : "false";
    }
}
