using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>One category of the server's log. Scopes are not kept: HareMQ's messages carry their fields themselves.</summary>
internal sealed class ConsoleLogger(ConsoleLoggerProvider provider, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => provider.IsEnabled(logLevel, category);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        provider.Write(new LogEntry
        {
            Time = provider.Now(),
            Level = logLevel,
            Category = category,
            EventId = eventId,
            Message = formatter(state, exception),
            Fields = state as IReadOnlyList<KeyValuePair<string, object?>>,
            Exception = exception,
        });
    }
}
