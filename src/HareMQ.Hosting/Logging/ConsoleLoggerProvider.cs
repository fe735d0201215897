using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>The server program's log on standard error. Standard output is kept for the line <c>ready</c>.</summary>
/// <remarks>Loggers may be used from any thread. What was logged before disposal, the process's exit or a crash is written.</remarks>
internal sealed class ConsoleLoggerProvider : ILoggerProvider, ILogSink
{
    /// <summary>A line buffer that one long entry made larger than this is not kept.</summary>
    private const int KeptLineBytes = 16 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_line;

    private readonly ConcurrentDictionary<string, CategoryLogger> _loggers = new(StringComparer.Ordinal);
    private readonly ConsoleLogOptions _options;
    private readonly TimeProvider _time;
    private readonly LogWriter _writer;

    public ConsoleLoggerProvider(ConsoleLogOptions options, TimeProvider time)
        : this(options, time, Console.OpenStandardError())
    {
    }

    internal ConsoleLoggerProvider(ConsoleLogOptions options, TimeProvider time, Stream stream)
    {
        _options = options;
        _time = time;
        _writer = new LogWriter(stream, WriteLossNotice);
        AppDomain.CurrentDomain.ProcessExit += Flush;
        AppDomain.CurrentDomain.UnhandledException += Flush;
    }

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (name, provider) => new CategoryLogger(provider, CategoryLogger.ShortName(name)), this);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Flush;
        AppDomain.CurrentDomain.UnhandledException -= Flush;
        _writer.Dispose();
    }

    public DateTimeOffset Now() => _time.GetUtcNow();

    public bool IsEnabled(LogLevel level, string category) => _options.IsEnabled(level, category);

    public void Write(in LogEntry entry)
    {
        var line = s_line ??= new ArrayBufferWriter<byte>(512);
        line.ResetWrittenCount();
        _options.Layout(line, entry);
        _writer.Write(line.WrittenSpan);
        if (line.Capacity > KeptLineBytes) s_line = null;
    }

    private void WriteLossNotice(IBufferWriter<byte> output, long lines) => _options.Layout(output, new LogEntry
    {
        Time = Now(),
        Level = LogLevel.Warning,
        Category = "log",
        EventId = default,
        Message = $"{lines} log entries were lost: standard error did not take them",
        Fields = [new("LostEntries", lines)],
    });

    private void Flush(object? sender, EventArgs e) => _writer.Dispose();
}
