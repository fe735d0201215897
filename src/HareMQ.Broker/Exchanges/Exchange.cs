using HareMQ.Broker.Deduplication;
using HareMQ.Broker.Statistics;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>What the destinations of a message depend on besides the bindings.</summary>
[Flags]
internal enum RouteInputs
{
    None = 0,

    /// <summary>Routed once for each of the message's keys (CC and BCC included).</summary>
    RoutingKey = 1,

    /// <summary>The message's headers or other properties, or chance: what was found for one message says nothing about the next.</summary>
    Message = 2,

    /// <summary>The key the message was published with, and no other: it goes one way only, whatever its CC and BCC are.</summary>
    PublishedKey = 4,
}

/// <summary>An exchange and its index of bindings. A type of exchange is a subclass; it is named in <see cref="ExchangeTypes"/>.</summary>
/// <remarks>Changes come from <see cref="Topology"/>, one at a time under its lock. <see cref="Match"/> runs on many threads meanwhile,
/// without a lock: a binding that is neither being added nor removed at that moment must always be found.</remarks>
internal abstract class Exchange : IRouteTarget
{
    private volatile string? _alternateExchange;
    private volatile bool _hasBindings;

    protected Exchange(ExchangeDeclaration declaration)
    {
        Name = declaration.Name;
        Type = declaration.Type;
        Durable = declaration.Durable;
        AutoDelete = declaration.AutoDelete;
        Internal = declaration.Internal;
        Arguments = declaration.Arguments;
        if (DeduplicationArguments.Read(Arguments, always: Type == DeduplicationArguments.Enabled) is { } settings)
            Deduplication = new ExchangeDeduplication(settings);
        if (Arguments.TryGet(ExchangeArguments.AlternateExchange, out var value) && value.TryGetString(out var name))
            _alternateExchange = name;
    }

    public string Name { get; }

    public string Type { get; }

    public bool Durable { get; }

    /// <summary>Deleted with the last binding that has it as source; never, if it never had one.</summary>
    public bool AutoDelete { get; }

    /// <summary>Clients may not publish to it; only other exchanges lead here.</summary>
    public bool Internal { get; }

    public FieldTable Arguments { get; }

    /// <summary>Where messages go for which this exchange finds no destination. It need not exist.</summary>
    /// <remarks>
    /// From the arguments at first. Changed through <see cref="Topology.SetAlternateExchange"/>, which also outdates cached routes.
    /// </remarks>
    public string? AlternateExchange { get => _alternateExchange; internal set => _alternateExchange = value; }

    public ExchangeCounts Messages { get; } = new();

    public bool HasBindings => _hasBindings;

    /// <summary>The keys of messages that came here before; null: duplicates are welcome.</summary>
    public ExchangeDeduplication? Deduplication { get; }

    /// <summary>Arguments that must be the same when the exchange is declared again, besides the alternate exchange.</summary>
    public virtual IReadOnlyList<string> ComparedArguments => DeduplicationArguments.All;

    public abstract RouteInputs Inputs { get; }

    /// <summary>The bindings with this exchange as source. Guarded by the topology's lock.</summary>
    internal HashSet<Binding> Bindings { get; } = [];

    /// <summary>Refuses what this type cannot match.</summary>
    /// <exception cref="ChannelException">406 PRECONDITION_FAILED.</exception>
    public virtual void Validate(Binding binding)
    {
    }

    /// <summary>Tells the walk every binding that the message matches; telling a destination twice does no harm.</summary>
    /// <param name="routingKey">One of the message's keys.</param>
    /// <param name="properties">The message's, still encoded; its headers table has been checked.</param>
    /// <param name="walk">The walk of this one message.</param>
    public abstract void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk);

    /// <summary>False: it was there already.</summary>
    internal bool Add(Binding binding)
    {
        if (!Bindings.Add(binding)) return false;
        AddToIndex(binding);
        _hasBindings = true;
        return true;
    }

    internal void Remove(Binding binding)
    {
        Bindings.Remove(binding);
        RemoveFromIndex(binding);
        _hasBindings = Bindings.Count > 0;
    }

    protected abstract void AddToIndex(Binding binding);

    protected abstract void RemoveFromIndex(Binding binding);
}
