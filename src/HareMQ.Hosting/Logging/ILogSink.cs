using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>Where entries of the server's log go. Any thread.</summary>
internal interface ILogSink
{
    DateTimeOffset Now();

    /// <param name="level">Of an entry.</param>
    /// <param name="category">Its category's short name.</param>
    bool IsEnabled(LogLevel level, string category);

    /// <summary>Takes an entry that it is enabled for. Never waits.</summary>
    void Write(in LogEntry entry);
}
