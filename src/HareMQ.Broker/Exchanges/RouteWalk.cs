using HareMQ.Broker.Deduplication;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>
/// The way of one message through the exchanges: where it has been, and the queues it came to. One per thread, used again and again.
/// </summary>
internal sealed class RouteWalk
{
    [ThreadStatic]
    private static RouteWalk? s_ofThisThread;

    private readonly RoutingKeys _keys = new();
    private readonly DistinctList<Exchange> _exchanges = new();
    private readonly DistinctList<IRouteTarget> _queues = new();
    private RouteDeduplication? _deduplication;
    private Binding? _firstBinding;
    private bool _foundAny;

    /// <summary>Scratch space of topic exchanges.</summary>
    public TopicWalk Topic { get; } = new();

    /// <summary>The result holds for this message alone.</summary>
    public bool DependsOnMessage { get; private set; }

    /// <summary>Exchanges to pass, in the order they were come to; grows while the walk goes on.</summary>
    public ReadOnlySpan<Exchange> Exchanges => _exchanges.Items;

    /// <summary>Give it back with <see cref="End"/>.</summary>
    public static RouteWalk Begin()
    {
        var walk = s_ofThisThread ?? new RouteWalk();
        s_ofThisThread = null;
        return walk;
    }

    public void End()
    {
        _keys.Clear();
        _exchanges.Clear();
        _queues.Clear();
        _firstBinding = null;
        _deduplication = null;
        DependsOnMessage = false;
        s_ofThisThread = this;
    }

    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: the CC or BCC header is not an array.</exception>
    public void Start(Exchange exchange, ReadOnlySpan<byte> routingKeyUtf8, ReadOnlySpan<byte> headers, RouteDeduplication? deduplication)
    {
        _deduplication = deduplication;
        _keys.Add(routingKeyUtf8);
        if (!headers.IsEmpty && _keys.AddSenderSelected(headers)) DependsOnMessage = true;
        _exchanges.Add(exchange);
    }

    /// <summary>Adds an exchange unless the message has been there.</summary>
    public void Visit(Exchange exchange) => _exchanges.Add(exchange);

    /// <summary>Asks one exchange for the message's destinations. False: it has none, its alternate exchange is next.</summary>
    public bool Pass(Exchange exchange, in BasicProperties properties)
    {
        _foundAny = false;
        if (exchange.Deduplication is { } keys)
        {
            DependsOnMessage = true;
            // A duplicate has found its queues before: no alternate exchange is to look for others.
            if (_deduplication?.Passes(keys, properties) == false) return true;
        }

        var inputs = exchange.Inputs;
        if ((inputs & RouteInputs.Message) != 0) DependsOnMessage = true;
        var matches = (inputs & RouteInputs.RoutingKey) != 0 ? _keys.Count : 1;
        for (var i = 0; i < matches; i++) exchange.Match(_keys[i], in properties, this);
        return _foundAny;
    }

    public void Found(Binding binding)
    {
        _foundAny = true;
        if (binding.DestinationExchange is { } exchange)
        {
            _exchanges.Add(exchange);
            return;
        }
        if (_queues.Count == 0) _firstBinding = binding;
        _queues.Add(binding.Destination);
    }

    public void Found(ReadOnlySpan<Binding?> bindings)
    {
        foreach (var binding in bindings)
        {
            if (binding is not null) Found(binding);
        }
    }

    /// <summary>A queue that is reached without a binding.</summary>
    public void Found(IRouteTarget queue)
    {
        _foundAny = true;
        _queues.Add(queue);
    }

    public RouteTargets ToTargets() => _queues.Count switch
    {
        0 => RouteTargets.Empty,
        1 when _firstBinding is not null => _firstBinding.DestinationAlone,
        _ => new RouteTargets(_queues.Items.ToArray()),
    };
}
