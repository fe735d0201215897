namespace HareMQ.Hosting;

/// <summary>How much of the past the HTTP API keeps.</summary>
public enum HareRatesMode
{
    /// <summary>Rates, and samples of the last time.</summary>
    Basic,

    /// <summary>The same: rates between pairs of channels, exchanges and queues, which RabbitMQ has in this mode, are not counted.</summary>
    Detailed,

    /// <summary>Nothing: no rates, no samples, and no counts of what has happened to messages.</summary>
    None,
}
