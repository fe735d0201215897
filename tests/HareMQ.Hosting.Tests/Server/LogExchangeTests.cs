using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using HareMQ.Broker;
using HareMQ.Testing;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Server;

/// <summary>The server program's log as messages.</summary>
public sealed class LogExchangeTests : IAsyncLifetime
{
    private const string Exchange = "amq.rabbitmq.log";

    private readonly TemporaryDirectory _directory = new();
    private readonly int _port = ServerProcess.FreePort();
    private ServerProcess? _server;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Lines_are_published_by_their_level_as_RabbitMQ_does()
    {
        await StartAsync("log.exchange=true", "log.console.level=error");
        await using var connection = await ConnectAsync();
        await using var channel = await DeclareAsync(connection, "info");
        await using (await ConnectAsync("noticed"))
        {
            var line = await NextAsync(channel, "name 'noticed'");
            Assert.Equal((Exchange, "info"), (line.Exchange, line.RoutingKey));
            Assert.Equal("text/plain", line.BasicProperties.ContentType);
            Assert.False(line.BasicProperties.Persistent);
            Assert.Equal("hare@log", Encoding.UTF8.GetString((byte[])Assert.Single(line.BasicProperties.Headers!).Value!));
            Assert.Equal(
                DateTimeOffset.UtcNow.ToUnixTimeSeconds(), line.BasicProperties.Timestamp.UnixTime, tolerance: 300d);
            Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[info\] connections: Connection \d+ .* is open: user 'guest', .*\n$", Text(line));
        }
    }

    [Fact]
    public async Task Nobody_can_publish_there_and_debug_lines_need_the_level()
    {
        await StartAsync("log.exchange=true", "log.exchange.level=debug", "log.exchange.formatter=json", "log.console.level=error");
        await using var connection = await ConnectAsync();
        await using var channel = await DeclareAsync(connection, "debug");
        await using (await ConnectAsync("noticed"))
        {
            var line = await NextAsync(channel, "accepted from");
            Assert.Equal("application/json", line.BasicProperties.ContentType);
            var json = JsonNode.Parse(Text(line))!;
            Assert.Equal(("debug", "connections"), (json["level"]!.GetValue<string>(), json["category"]!.GetValue<string>()));
        }

        var forger = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAnyAsync<AlreadyClosedException>(
            async () => await forger.BasicPublishAsync(Exchange, "info", "forged"u8.ToArray(), TestContext.Current.CancellationToken));
        Assert.Contains("cannot publish to internal exchange", refused.ShutdownReason!.ReplyText, StringComparison.Ordinal);
    }

    /// <summary>What a feed or a stopped queue says whenever it gets something would go on for ever.</summary>
    [Fact]
    public async Task What_publishing_a_line_may_say_itself_is_not_published()
    {
        using var provider = new ExchangeLoggerProvider(new ConsoleLogOptions { Level = LogLevel.Debug }, TimeProvider.System);
        using var loggers = new LoggerFactory([provider]);
        var logger = loggers.CreateLogger("HareMQ.Queues");
        await using var broker = await HareBroker.StartAsync(options => (options.Port, options.LogExchange, options.LoggerFactory) = (0, provider, loggers));
        Assert.False(logger.IsEnabled(LogLevel.Critical));
        await using var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync(TestContext.Current.CancellationToken);
        await using var channel = await DeclareAsync(connection, "#");
        BrokerLog.FeedOverflowed(logger, Exchange, "/", 7);
        BrokerLog.QueueFailedAgain(logger, "/", "lines", new IOException());
        BrokerLog.FilesLeft(logger, "/", "lines", new IOException());
        var line = await Eventually.NotNullAsync(() => channel.BasicGetAsync("lines", autoAck: true, TestContext.Current.CancellationToken), "a line");
        Assert.Contains("could not be removed", Text(line), StringComparison.Ordinal);
        Assert.Equal("warning", line.RoutingKey);
        Assert.Equal(0u, line.MessageCount);
    }

    [Fact]
    public async Task A_restart_of_the_program_keeps_bindings_and_without_the_key_there_is_no_exchange()
    {
        await StartAsync("log.exchange=true", "log.console.level=error");
        await using (var connection = await ConnectAsync())
            await (await DeclareAsync(connection, "info")).DisposeAsync();

        await StopAsync();
        await StartAsync("log.exchange=true", "log.console.level=error");
        await using (var connection = await ConnectAsync("again"))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken))
            await NextAsync(channel, "name 'again'");
        await StopAsync();
        await StartAsync("log.console.level=error");
        await using (var connection = await ConnectAsync())
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            var missing = await Assert.ThrowsAsync<OperationInterruptedException>(
                () => channel.ExchangeDeclarePassiveAsync(Exchange, TestContext.Current.CancellationToken));
            Assert.Equal(404, missing.ShutdownReason!.ReplyCode);
        }
    }

    /// <summary>A queue for the lines of a level.</summary>
    private static async Task<IChannel> DeclareAsync(IConnection connection, string level)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await channel.QueueDeclareAsync(
            "lines", durable: true, exclusive: false, autoDelete: false, cancellationToken: TestContext.Current.CancellationToken);
        await channel.QueueBindAsync("lines", Exchange, level, cancellationToken: TestContext.Current.CancellationToken);
        return channel;
    }

    private static string Text(BasicGetResult line) => Encoding.UTF8.GetString(line.Body.Span);

    private static async Task<BasicGetResult> NextAsync(IChannel channel, string text) =>
        await Eventually.NotNullAsync(async () =>
        {
            var line = await channel.BasicGetAsync("lines", autoAck: true, TestContext.Current.CancellationToken);
            return line is not null && Text(line).Contains(text, StringComparison.Ordinal) ? line : null;
        }, $"a line with '{text}'");

    private async Task StartAsync(params string[] settings)
    {
        _server = ServerProcess.Start(
            _directory.Path,
            [
                "--data-dir", Path.Combine(_directory.Path, "data"), "--set", "node_name=hare@log",
                "--set", string.Create(CultureInfo.InvariantCulture, $"listeners.tcp.1=127.0.0.1:{_port}"),
                .. settings.SelectMany(setting => (string[])["--set", setting]),
            ]);
        Assert.Equal("ready", await _server.ReadLineAsync());
    }

    private async Task StopAsync()
    {
        _server!.Terminate();
        Assert.Equal(0, await _server.WaitForExitAsync());
        await _server.DisposeAsync();
    }

    private Task<IConnection> ConnectAsync(string? name = null)
    {
        var factory = new ConnectionFactory { HostName = "127.0.0.1", Port = _port, AutomaticRecoveryEnabled = false };
        return factory.CreateConnectionAsync(name ?? "", TestContext.Current.CancellationToken);
    }
}
