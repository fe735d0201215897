using System.Text;

namespace HareMQ.Broker.Deduplication;

/// <summary>How an exchange or a queue knows duplicates.</summary>
/// <param name="Header">Whose value is a message's key. A message without it has no duplicates.</param>
internal sealed record DeduplicationSettings(string Header)
{
    public const string DefaultHeader = DeduplicationArguments.Header;

    /// <summary>About 10 MB of keys.</summary>
    public const int DefaultCacheSize = 128 * 1024;

    public const int CacheSizeMax = 100_000_000;

    public byte[] HeaderUtf8 { get; } = Encoding.UTF8.GetBytes(Header);

    /// <summary>Keys that are remembered at most; the oldest gives way.</summary>
    public required int CacheSize { get; init; }

    /// <summary>How long a key is remembered; null = as long as there is room.</summary>
    public required long? CacheTtlMs { get; init; }

    /// <summary>
    /// Of a queue: a key is remembered for its time, whatever becomes of the message (as LavinMQ has it). False: as long as the message is in
    /// the queue (as RabbitMQ's plugin has it).
    /// </summary>
    public bool IsWindow { get; init; }
}
