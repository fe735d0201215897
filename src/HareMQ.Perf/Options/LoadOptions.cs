using HareMQ.Protocol;

namespace HareMQ.Perf;

/// <summary>What a run was asked for. A scenario's own instance of it holds that scenario's defaults.</summary>
internal record LoadOptions : CommonOptions
{
    public int Publishers { get; set; } = 1;

    public int Consumers { get; set; } = 1;

    /// <summary>Empty: as fast as possible.</summary>
    public IReadOnlyList<RateStep> Rate { get; set; } = [];

    public SizeRange Size { get; set; } = SizeRange.Of(1024);

    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages of all publishers; null: the duration decides.</summary>
    public long? Count { get; set; }

    public TimeSpan WarmUp { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>0: no limit.</summary>
    public int InFlight { get; set; }

    public int PublisherThreads { get; set; } = 1;

    public int ConsumerThreads { get; set; } = 1;

    public NumberRange Queues { get; set; } = new(1, 1);

    public string QueuePattern { get; set; } = "hareperf-%d";

    public FieldTable QueueArguments { get; set; } = FieldTable.Empty;

    /// <summary>Of queues and exchange. Null: as the messages are.</summary>
    public bool? Durable { get; set; }

    public bool IsDurable => Durable ?? Persistent;

    public string Exchange { get; set; } = "";

    public string ExchangeType { get; set; } = "direct";

    /// <summary>Null: the queues' names.</summary>
    public string? RoutingKey { get; set; }

    /// <summary>Null: the routing key.</summary>
    public string? BindingKey { get; set; }

    public bool Declare { get; set; } = true;

    public bool Purge { get; set; }

    /// <summary>Others publish to the queues or consume from them meanwhile.</summary>
    public bool Shared { get; set; }

    /// <summary>0: without confirms.</summary>
    public int Confirms { get; set; }

    public bool Persistent { get; set; }

    public bool Mandatory { get; set; }

    public byte? Priority { get; set; }

    public FieldTable Headers { get; set; } = FieldTable.Empty;

    public bool AutoAck { get; set; }

    public int AckEvery { get; set; } = 100;

    public int Prefetch { get; set; } = 1000;

    /// <summary>Closed loops need consumers that open them again.</summary>
    public int EffectiveInFlight => Publishers > 0 && Consumers > 0 ? InFlight : 0;

    /// <summary>An ack for more messages than may be out would never be sent.</summary>
    public int EffectiveAckEvery => AutoAck ? 0 : Prefetch > 0 ? Math.Min(AckEvery, Prefetch) : AckEvery;

    /// <summary>Whether queues may lose messages by their own arguments, so that what arrives cannot be foretold.</summary>
    public bool QueuesMayDrop => QueueArguments.Any(argument =>
        argument.Name is "x-max-length" or "x-max-length-bytes" or "x-message-ttl" or "x-expires" or "x-max-age");

    /// <exception cref="PerfException">Options contradict each other.</exception>
    public void Validate()
    {
        if (Publishers == 0 && Consumers == 0) throw PerfException.Usage("with neither publishers nor consumers there is nothing to do");
        if (Count is not null && Rate.Count > 1)
            throw PerfException.Usage("--count does not go with several rates: their times are the run");
        if (Count is { } count && count < Publishers)
            throw PerfException.Usage($"--count {count} leaves some of the {Publishers} publishers idle");
    }
}
