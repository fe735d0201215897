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
}
