namespace HareMQ.Crash.Brokers;

/// <summary>What a case wants of its broker beside the usual.</summary>
internal sealed record BrokerSetup
{
    public static BrokerSetup Usual { get; } = new();

    /// <summary>Configuration keys and their values, as <c>--set</c> takes them.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The limit that it lives under from its first instruction on.</summary>
    public MemoryLimit? Limit { get; init; }
}
