using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>One entry, formatted already but for its layout. Lives on the stack of the thread that logs.</summary>
internal readonly ref struct LogEntry
{
    public required DateTimeOffset Time { get; init; }

    public required LogLevel Level { get; init; }

    public required string Category { get; init; }

    public required EventId EventId { get; init; }

    public required string Message { get; init; }

    /// <summary>The message's named values, as <c>[LoggerMessage]</c> hands them over.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>>? Fields { get; init; }

    public Exception? Exception { get; init; }
}
