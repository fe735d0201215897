using System.Buffers;
using System.Text;
using HareMQ.Broker;
using HareMQ.Broker.Events;
using HareMQ.Protocol;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>
/// The server program's log as messages on the exchange <c>amq.rabbitmq.log</c>, while a broker runs and somebody has bound a queue to it.
/// </summary>
/// <remarks>
/// What is published must not make the broker log a line that is published, and so on without end. So what publishing itself says, on the
/// thread that publishes, is left out, and so are the lines that a feed or a stopped queue says whenever it gets something.
/// </remarks>
internal sealed class ExchangeLoggerProvider(ConsoleLogOptions options, TimeProvider time) : ILoggerProvider, ILogSink
{
    [ThreadStatic]
    private static bool s_isPublishing;

    private volatile Source? _source;

    public ILogger CreateLogger(string categoryName) => new CategoryLogger(this, CategoryLogger.ShortName(categoryName));

    /// <summary>Lines are published from now on.</summary>
    /// <param name="nodeName">Who says that.</param>
    /// <param name="findFeed">What takes them now; null: nothing.</param>
    public void Attach(string nodeName, Func<BrokerFeed?> findFeed) => _source = new Source(nodeName, findFeed);

    /// <summary>The broker ends: its queues take nothing more.</summary>
    public void Detach() => _source = null;

    public void Dispose() => Detach();

    public DateTimeOffset Now() => time.GetUtcNow();

    public bool IsEnabled(LogLevel level, string category) =>
        _source is { } source && !s_isPublishing && options.IsEnabled(level, category) && source.FindFeed() is { IsWanted: true };

    public void Write(in LogEntry entry)
    {
        if (entry.EventId.Id is BrokerLog.FeedOverflowedId or BrokerLog.QueueFailedAgainId) return;
        if (_source is not { } source || source.FindFeed() is not { } feed) return;
        s_isPublishing = true;
        try
        {
            var body = new ArrayBufferWriter<byte>(512);
            options.Layout(body, entry);
            feed.Publish(Encoding.UTF8.GetBytes(RoutingKey(entry.Level)), Properties(entry, source.NodeName), body.WrittenSpan);
        }
        finally
        {
            s_isPublishing = false;
        }
    }

    /// <summary>RabbitMQ knows nothing below debug.</summary>
    private static string RoutingKey(LogLevel level) => LogLevelName.Of(level == LogLevel.Trace ? LogLevel.Debug : level);

    private byte[] Properties(in LogEntry entry, string nodeName) => new BasicPropertiesBuilder([0, 0])
        .SetContentType(options.Format == ConsoleLogFormat.Json ? "application/json" : "text/plain")
        .SetHeader("node", FieldValue.FromString(nodeName))
        .SetTimestamp(entry.Time.ToUnixTimeSeconds())
        .ToEncoded();

    private sealed record Source(string NodeName, Func<BrokerFeed?> FindFeed);
}
