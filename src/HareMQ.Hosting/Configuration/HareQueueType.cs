namespace HareMQ.Hosting;

/// <summary>The type of a queue.</summary>
public enum HareQueueType
{
    /// <summary>Durable or not, for one connection or for all.</summary>
    Classic = 0,

    /// <summary>Durable, with a delivery limit; keeps every message as if it were persistent.</summary>
    Quorum = 1,
}
