namespace HareMQ.Perf;

/// <summary>Options of scenarios that publish or consume, by what they are about. Each scenario takes the groups that it heeds.</summary>
internal static class LoadOptionGroups
{
    private const int PrefetchMax = ushort.MaxValue;

    public static OptionSet<TOptions> Load<TOptions>(this OptionSet<TOptions> set, string? consumersDefault = null)
        where TOptions : LoadOptions
    {
        var defaults = set.Defaults;
        set.Title = "Load";
        return set
            .Size()
            .Connections(consumersDefault ?? $"{defaults.Consumers}")
            .Value("--rate", "R",
                $"messages a second in all: 0 for no limit, or steps such as 1000,5000,20000:30s (default {RateText(defaults)})",
                RateSteps.Parse, (options, value) => options.Rate = value)
            .Value("--duration", "TIME", $"how long to measure (default {Durations.Format(defaults.Duration)})",
                Durations.Parse, (options, value) => options.Duration = value)
            .Count("messages to publish in all, instead of a duration")
            .Value("--warmup", "TIME", $"how long to run before a measured duration (default {Durations.Format(defaults.WarmUp)})",
                Durations.Parse, (options, value) => options.WarmUp = value)
            .Number("--inflight", "N", $"publishers wait while N messages are not consumed; 0 for no limit (default {defaults.InFlight})",
                0, int.MaxValue, (options, value) => options.InFlight = value);
    }

    public static OptionSet<TOptions> Size<TOptions>(this OptionSet<TOptions> set)
        where TOptions : LoadOptions =>
        set.Value("--size", "B", $"bytes of a body, 64k, or a range such as 100-2k (default {set.Defaults.Size})",
            SizeRange.Parse, (options, value) => options.Size = value);

    public static OptionSet<TOptions> Connections<TOptions>(this OptionSet<TOptions> set, string consumersDefault)
        where TOptions : LoadOptions => set
        .Number("--publishers", "N", $"connections that publish (default {set.Defaults.Publishers})", 0, 32768,
            (options, value) => options.Publishers = value)
        .Number("--consumers", "N", $"connections that consume (default {consumersDefault})", 0, 32768,
            (options, value) => options.Consumers = value)
        .Number("--publisher-threads", "N", "threads that drive publishers (default 1)", 1, 256,
            (options, value) => options.PublisherThreads = value)
        .Number("--consumer-threads", "N", "threads that drive consumers (default 1)", 1, 256,
            (options, value) => options.ConsumerThreads = value);

    public static OptionSet<TOptions> Count<TOptions>(this OptionSet<TOptions> set, string help)
        where TOptions : LoadOptions =>
        set.Number("--count", "N", help, 1, int.MaxValue, (options, value) => options.Count = value);

    public static OptionSet<TOptions> Queues<TOptions>(this OptionSet<TOptions> set)
        where TOptions : LoadOptions
    {
        var defaults = set.Defaults;
        set.Title = "Queues";
        return set
            .Value("--queues", "N", $"how many queues, or from which number to which: 11-20 (default {defaults.Queues})",
                NumberRange.Parse, (options, value) => options.Queues = value)
            .Value("--queue-pattern", "NAME", $"their names, %d for the number (default {defaults.QueuePattern})",
                text => text, (options, value) => options.QueuePattern = value)
            .Values("--queue-argument", "NAME=VALUE", "an argument of their declaration; NAME:TYPE=VALUE for a type of your own choice",
                TypedField.Parse, (options, value) => options.QueueArguments = TypedField.Table(value))
            .Flag("--durable", "declare them (and the exchange) durable (default: if messages are persistent)",
                options => options.Durable = true)
            .Flag("--transient", "declare them transient", options => options.Durable = false)
            .Flag("--purge", "empty them first", options => options.Purge = true)
            .Flag("--shared", "others use the queues at the same time: what is in them is not checked", options => options.Shared = true)
            .Flag("--no-declare", "use queues, exchange and bindings as they are, and keep them", options => options.Declare = false)
            .Keep();
    }

    public static OptionSet<TOptions> Routing<TOptions>(this OptionSet<TOptions> set)
        where TOptions : LoadOptions
    {
        set.Title = "Routing";
        return set
            .Value("--exchange", "NAME", "publish to this exchange, which is declared (default: the default exchange)",
                text => text, (options, value) => options.Exchange = value)
            .Value("--exchange-type", "TYPE", "direct, fanout, topic, headers or any that the broker knows (default direct)",
                text => text, (options, value) => options.ExchangeType = value)
            .Value("--routing-key", "KEY", "key of the messages, %d for the queue's number (default: the queue's name)",
                text => text, (options, value) => options.RoutingKey = value)
            .Value("--binding-key", "KEY", "key of the bindings, %d for the queue's number (default: the routing key)",
                text => text, (options, value) => options.BindingKey = value);
    }

    public static OptionSet<TOptions> Publishing<TOptions>(this OptionSet<TOptions> set)
        where TOptions : LoadOptions
    {
        var defaults = set.Defaults;
        set.Title = "Publishing";
        return set
            .Number("--confirms", "WINDOW", $"ask for confirms, at most so many outstanding; 0 for none (default {defaults.Confirms})",
                0, 1 << 24, (options, value) => options.Confirms = value)
            .Flag("--persistent", "delivery mode 2", options => options.Persistent = true)
            .Flag("--mandatory", "unroutable messages come back, and are counted", options => options.Mandatory = true)
            .Number("--priority", "P", "0 to 255", 0, 255, (options, value) => options.Priority = (byte)value)
            .Values("--header", "NAME=VALUE", "a header of every message; NAME:TYPE=VALUE for a type of your own choice",
                TypedField.Parse, (options, value) => options.Headers = TypedField.Table(value));
    }

    public static OptionSet<TOptions> Consuming<TOptions>(this OptionSet<TOptions> set)
        where TOptions : LoadOptions
    {
        var defaults = set.Defaults;
        set.Title = "Consuming";
        return set
            .Flag("--auto-ack", "the broker need not wait for acknowledgements", options => options.AutoAck = true)
            .Number("--ack-every", "N", $"acknowledge N deliveries at a time (default {defaults.AckEvery})", 1, PrefetchMax,
                (options, value) => options.AckEvery = value)
            .Number("--prefetch", "N", $"deliveries that may be unacknowledged; 0 for no limit (default {defaults.Prefetch})",
                0, PrefetchMax, (options, value) => options.Prefetch = value);
    }

    public static OptionSet<TOptions> Keep<TOptions>(this OptionSet<TOptions> set)
        where TOptions : CommonOptions =>
        set.Flag("--keep", "do not delete what was declared", options => options.Keep = true);

    private static string RateText(LoadOptions defaults) =>
        defaults.Rate.Count == 0 ? "0" : string.Join(',', defaults.Rate.Select(step => $"{step.PerSecond:0}"));
}
