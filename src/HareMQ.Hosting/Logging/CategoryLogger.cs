using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>One category of the server's log. Scopes are not kept: HareMQ's messages carry their fields themselves.</summary>
internal sealed class CategoryLogger(ILogSink sink, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <summary>HareMQ's own categories by their last part (<c>HareMQ.Connections</c> is <c>connections</c>), others in full.</summary>
    public static string ShortName(string category) =>
        category.StartsWith("HareMQ.", StringComparison.Ordinal)
            ? category[(category.LastIndexOf('.') + 1)..].ToLowerInvariant()
            : category;

    public bool IsEnabled(LogLevel logLevel) => sink.IsEnabled(logLevel, category);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        sink.Write(new LogEntry
        {
            Time = sink.Now(),
            Level = logLevel,
            Category = category,
            EventId = eventId,
            Message = formatter(state, exception),
            Fields = state as IReadOnlyList<KeyValuePair<string, object?>>,
            Exception = exception,
        });
    }
}
