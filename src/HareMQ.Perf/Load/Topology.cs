using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>The exchange, queues and bindings of a run, and so what must become of each message.</summary>
internal sealed record Topology
{
    private const string DefaultExchange = "";
    private const string ReservedPrefix = "amq.";

    public string Exchange { get; init; } = DefaultExchange;

    public string ExchangeType { get; init; } = "direct";

    public required IReadOnlyList<string> Queues { get; init; }

    /// <summary>Used by publishers in turn.</summary>
    public required IReadOnlyList<string> RoutingKeys { get; init; }

    public IReadOnlyList<Binding> Bindings { get; init; } = [];

    public FieldTable BindingArguments { get; init; } = FieldTable.Empty;

    /// <summary>False: others have declared all this, and what a named exchange does is not known.</summary>
    public bool IsOurs { get; init; } = true;

    private bool DeclaresExchange => Exchange.Length > 0 && !Exchange.StartsWith(ReservedPrefix, StringComparison.Ordinal);

    /// <exception cref="PerfException">Names do not fit each other.</exception>
    public static Topology From(LoadOptions options)
    {
        if (options.Queues.Count > 1 && !NamePattern.HasNumber(options.QueuePattern))
            throw PerfException.Usage($"--queue-pattern {options.QueuePattern} names one queue, not {options.Queues}: it needs a %d");
        var queues = NamePattern.Names(options.QueuePattern, options.Queues);
        var routing = options.RoutingKey ?? (options.Exchange.Length == 0 ? options.QueuePattern : DefaultKey(options));
        var binding = options.BindingKey ?? (options.ExchangeType == "x-consistent-hash" ? "1" : routing);
        return new Topology
        {
            Exchange = options.Exchange,
            ExchangeType = options.ExchangeType,
            Queues = queues,
            RoutingKeys = NamePattern.Names(routing, options.Queues),
            Bindings = [.. queues.Zip(options.Queues.Numbers, (queue, number) => new Binding(queue, NamePattern.Name(binding, number)))],
            BindingArguments = options.ExchangeType == "headers" ? options.Headers : FieldTable.Empty,
            IsOurs = options.Declare,
        };
    }

    /// <summary>For each routing key the number of queues that get the message; null if that cannot be known.</summary>
    public IReadOnlyList<int>? CountCopies()
    {
        if (Exchange == DefaultExchange) return [.. RoutingKeys.Select(key => Queues.Contains(key) ? 1 : 0)];
        if (!IsOurs) return null;
        var exact = Bindings.GroupBy(binding => binding.Key).ToDictionary(group => group.Key, CountQueues);
        return ExchangeType switch
        {
            "direct" => [.. RoutingKeys.Select(key => exact.GetValueOrDefault(key))],
            "fanout" or "headers" => [.. RoutingKeys.Select(_ => Queues.Count)],
            "topic" => [.. RoutingKeys.Select(key => CountQueues(Bindings.Where(binding => TopicPattern.Matches(binding.Key, key))))],
            "x-consistent-hash" or "x-modulus-hash" or "x-random" => [.. RoutingKeys.Select(_ => 1)],
            _ => null,
        };
    }

    /// <summary>Declares and binds; returns how many messages the queues hold already.</summary>
    public long Declare(AmqpLink link, LoadOptions options)
    {
        if (!IsOurs) return CountMessages(link);
        if (DeclaresExchange) link.DeclareExchange(Exchange, ExchangeType, options.IsDurable);
        long messages = 0;
        foreach (var queue in Queues) messages += link.DeclareQueue(queue, options.IsDurable, options.QueueArguments);
        if (Exchange != DefaultExchange)
            foreach (var binding in Bindings) link.BindQueue(binding.Queue, Exchange, binding.Key, BindingArguments);
        return messages;
    }

    public long CountMessages(AmqpLink link)
    {
        long messages = 0;
        foreach (var queue in Queues) messages += link.CountMessages(queue);
        return messages;
    }

    public void Purge(AmqpLink link)
    {
        foreach (var queue in Queues) link.PurgeQueue(queue);
    }

    public void Delete(AmqpLink link)
    {
        if (!IsOurs) return;
        foreach (var queue in Queues) link.DeleteQueue(queue);
        if (DeclaresExchange) link.DeleteExchange(Exchange);
    }

    private static int CountQueues(IEnumerable<Binding> bindings) => bindings.Select(binding => binding.Queue).Distinct().Count();

    private static string DefaultKey(LoadOptions options) => options.ExchangeType switch
    {
        "fanout" or "headers" => "hareperf",
        "topic" => "hareperf.%d",
        // Many keys, so that hashing has something to spread.
        _ => options.QueuePattern,
    };
}
