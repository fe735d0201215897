using System.Buffers;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

internal enum ConsoleLogFormat
{
    PlainText,
    Json,
}

/// <summary>The server program's own log; an application that embeds the broker brings its logger factory instead.</summary>
internal sealed class ConsoleLogOptions
{
    public bool Enabled { get; set; } = true;

    /// <summary>The least severe level that is written.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    public ConsoleLogFormat Format { get; set; } = ConsoleLogFormat.PlainText;

    /// <summary>
    /// What categories write at all, by their short names; the one without a name counts for those that are not here. Replaced as a whole while
    /// loggers use it.
    /// </summary>
    public Dictionary<string, LogLevel> CategoryLevels { get; private set; } = new(StringComparer.Ordinal);

    public bool IsEnabled(LogLevel level, string category)
    {
        if (!Enabled || level == LogLevel.None || level < Level) return false;
        var levels = CategoryLevels;
        if (levels.Count == 0) return true;
        return !(levels.TryGetValue(category, out var least) || levels.TryGetValue("", out least)) || level >= least;
    }

    /// <summary>Writes the entry as the format says, with its line ends.</summary>
    public void Layout(IBufferWriter<byte> output, in LogEntry entry)
    {
        if (Format == ConsoleLogFormat.Json) JsonLogFormat.Write(output, entry);
        else PlainTextLogFormat.Write(output, entry);
    }

    /// <summary>While loggers use these: each next entry is written by what it finds.</summary>
    public void CopyFrom(ConsoleLogOptions other) =>
        (Enabled, Level, Format, CategoryLevels) = (other.Enabled, other.Level, other.Format, other.CategoryLevels);
}
