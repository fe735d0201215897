namespace HareMQ.Broker.Limits;

/// <summary>How many of something the whole broker may have; null: any number. What is above a limit stays.</summary>
internal sealed record NodeLimits
{
    public long? VirtualHosts { get; init; }

    public long? Queues { get; init; }

    public long? Exchanges { get; init; }

    public long? Channels { get; init; }
}

/// <summary>How many there are now, over all virtual hosts. Asked only while there is a limit.</summary>
internal interface INodeUsage
{
    int Queues { get; }

    int Exchanges { get; }
}
