using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting.Tests;

public sealed partial class ConsoleLogTests
{
    private readonly MemoryStream _stream = new();
    private readonly ConsoleLogOptions _options = new();

    [Fact]
    public void A_line_has_time_level_category_and_message()
    {
        Log("HareMQ.Amqp.Connections", logger => Accepted(logger, "127.0.0.1:4242", 7));

        Assert.Equal("2026-11-21 08:15:30.123 [info] connections: accepted 127.0.0.1:4242 as 7\n", Written());
    }

    [Fact]
    public void An_exception_follows_indented()
    {
        Log("Other.Library", logger => logger.LogError(new InvalidOperationException("first\nsecond"), "it broke"));

        Assert.Equal(
            "2026-11-21 08:15:30.123 [error] Other.Library: it broke\n    System.InvalidOperationException: first\n    second\n",
            Written());
    }

    [Theory]
    [InlineData("a\nb", @"a\nb")]
    [InlineData("a\r\tb", @"a\r\tb")]
    [InlineData("\u001b[31mred\u009b", @"\x1b[31mred\x9b")]
    [InlineData("兔 🐇", "兔 🐇")]
    public void A_name_from_a_client_cannot_forge_a_line_or_control_a_terminal(string name, string shown)
    {
        Log("HareMQ.Queues", logger => logger.LogWarning("declared {Queue}", name));

        Assert.Equal($"2026-11-21 08:15:30.123 [warning] queues: declared {shown}\n", Written());
    }

    [Fact]
    public void Json_has_one_object_per_line_with_the_fields_apart()
    {
        _options.Format = ConsoleLogFormat.Json;

        Log("HareMQ.Connections", logger =>
        {
            Accepted(logger, "a\n\"b\"\u009b\ud800 兔", 7);
            logger.LogCritical(new IOException("disk full"), "stopped after {Elapsed}", TimeSpan.FromSeconds(2));
        });

        var lines = Written().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Empty(lines[2]);
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal("2026-11-21T08:15:30.123Z", first.RootElement.GetProperty("time").GetString());
        Assert.Equal("info", first.RootElement.GetProperty("level").GetString());
        Assert.Equal("connections", first.RootElement.GetProperty("category").GetString());
        Assert.Equal(2042, first.RootElement.GetProperty("event").GetInt32());
        Assert.Equal("a\n\"b\"\u009b\ufffd 兔", first.RootElement.GetProperty("fields").GetProperty("Peer").GetString());
        Assert.Equal(7, first.RootElement.GetProperty("fields").GetProperty("ConnectionId").GetInt64());
        Assert.False(first.RootElement.GetProperty("fields").TryGetProperty("{OriginalFormat}", out _));
        using var second = JsonDocument.Parse(lines[1]);
        Assert.Equal("critical", second.RootElement.GetProperty("level").GetString());
        Assert.Equal("00:00:02", second.RootElement.GetProperty("fields").GetProperty("Elapsed").GetString());
        Assert.Equal("System.IO.IOException: disk full", second.RootElement.GetProperty("exception").GetString());
    }

    [Theory]
    [InlineData(LogLevel.Debug, true, "debug info warning error critical")]
    [InlineData(LogLevel.Information, true, "info warning error critical")]
    [InlineData(LogLevel.Critical, true, "critical")]
    [InlineData(LogLevel.None, true, "")]
    [InlineData(LogLevel.Debug, false, "")]
    public void Only_the_asked_levels_are_written(LogLevel level, bool enabled, string expected)
    {
        _options.Level = level;
        _options.Enabled = enabled;

        Log("x", logger =>
        {
            for (var each = LogLevel.Trace; each <= LogLevel.None; each++) logger.Log(each, "m");
        });

        var levels = Written().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('[', ']')[1]);
        Assert.Equal(expected, string.Join(' ', levels));
    }

    [Fact]
    public async Task Lines_of_many_threads_arrive_whole_and_each_threads_in_order()
    {
        const int Threads = 8, Lines = 2000;
        using (var provider = new ConsoleLoggerProvider(_options, TimeProvider.System, _stream))
        {
            var logger = provider.CreateLogger("x");
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
            {
                for (var i = 0; i < Lines; i++) Accepted(logger, $"t{thread}", i);
            })));
        }

        var next = new int[Threads];
        foreach (var line in Written().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line[(line.IndexOf("accepted t", StringComparison.Ordinal) + 10)..].Split(" as ");
            Assert.Equal(next[int.Parse(words[0])]++, int.Parse(words[1]));
        }
        Assert.All(next, count => Assert.Equal(Lines, count));
    }

    private void Log(string category, Action<ILogger> log)
    {
        using var provider = new ConsoleLoggerProvider(_options, new FixedTime(), _stream);
        log(provider.CreateLogger(category));
    }

    private string Written() => Encoding.UTF8.GetString(_stream.ToArray());

    [LoggerMessage(2042, LogLevel.Information, "accepted {Peer} as {ConnectionId}")]
    private static partial void Accepted(ILogger logger, string peer, long connectionId);

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 8, 15, 30, 123, TimeSpan.Zero);
    }
}
