using HareMQ.Hosting.Tests.Embedding;
using HareMQ.Testing;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Hosting.Tests.Server;

/// <summary>The configuration is read again while the broker runs.</summary>
public sealed class ReloadTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly LogCollector _log = new();
    private HareServerArguments _arguments = null!;
    private HareBroker _broker = null!;
    private ServerReload _reload = null!;

    public async ValueTask InitializeAsync()
    {
        var file = Write("heartbeat = 60");
        string[] arguments =
            ["--config", file, "--data-dir", Path.Combine(_directory.Path, "data"), "--set", "listeners.tcp.1=127.0.0.1:0", "--set", "management.tcp.port=none"];
        Assert.True(HareServerArguments.TryParse(arguments, new Dictionary<string, string>(), [], out var parsed, out var error), error);
        _arguments = parsed;
        var loggers = new LoggerFactory([_log]);
        _arguments.Broker.LoggerFactory = loggers;
        _broker = await HareBroker.StartAsync(_arguments.Broker);
        _reload = new ServerReload(_arguments, () => _broker, loggers.CreateLogger("reload"));
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_a_running_broker_can_change_is_in_force_at_once_and_the_rest_is_named()
    {
        await using var before = await ConnectAsync();
        Write(
            "heartbeat = 7", "channel_max = 5", "consumer_timeout = 90000", "log.console.level = debug", "vm_memory_high_watermark.absolute = 1TB",
            "node_name = hare@other", "tcp_listen_options.backlog = 7");
        var report = _reload.Run();
        Assert.Null(report.Error);
        Assert.Equal(["channel_max", "consumer_timeout", "heartbeat", "log.console.level", "vm_memory_high_watermark.absolute"], report.Applied);
        Assert.Equal(["node_name", "tcp_listen_options.backlog"], report.NeedRestart);
        await using var after = await ConnectAsync();
        Assert.Equal((7, 5), ((int)after.Heartbeat.TotalSeconds, after.ChannelMax));
        Assert.Equal(90_000, _broker.ConsumerTimeoutMs);
        Assert.Equal(LogLevel.Debug, _arguments.Log.Level);
        await using (await before.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken))
            Assert.True(before.IsOpen);
        Assert.Contains(_log.Lines, line => line.EndsWith("these wait for a restart: node_name, tcp_listen_options.backlog", StringComparison.Ordinal));

        // What waits for a restart is named until then, what is in force is not applied again.
        report = _reload.Run();
        Assert.Empty(report.Applied);
        Assert.Equal(["node_name", "tcp_listen_options.backlog"], report.NeedRestart);
        Write();
        report = _reload.Run();
        Assert.Equal(["channel_max", "consumer_timeout", "heartbeat", "log.console.level", "vm_memory_high_watermark.absolute"], report.Applied);
        Assert.Empty(report.NeedRestart);
        await using var back = await ConnectAsync();
        Assert.Equal(60, (int)back.Heartbeat.TotalSeconds);
    }

    [Theory]
    [InlineData("heartbeat = soon", "haremq.conf:2: heartbeat: 'soon' is not usable")]
    [InlineData("heartbeet = 9", "haremq.conf:2: unknown key 'heartbeet'; did you mean 'heartbeat'?")]
    [InlineData("ssl_options.verify = verify_peer", "Tls.CaCertificateFile is missing")]
    public async Task A_bad_file_changes_nothing_and_says_why(string line, string expected)
    {
        Write("heartbeat = 9", line);
        var report = _reload.Run();
        Assert.Contains(expected, report.Error);
        Assert.Empty(report.Applied);
        await using var connection = await ConnectAsync();
        Assert.Equal(60, (int)connection.Heartbeat.TotalSeconds);
        Assert.Contains(_log.Lines, entry => entry.Contains("all stays as it is: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Limits_of_connections_hold_for_those_that_come()
    {
        await using var first = await ConnectAsync();
        // By then it is open: the client does not wait for the broker's last word.
        await using var channel = await first.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        Write("connection_max = 1");
        Assert.Equal(["connection_max"], _reload.Run().Applied.Except(["heartbeat"]));
        // The client returns from opening before it learns of the refusal, or after.
        try
        {
            await using var second = await ConnectAsync();
            await Eventually.Equal(false, () => Task.FromResult(second.IsOpen));
        }
        catch (BrokerUnreachableException)
        {
        }

        Assert.Contains(_log.Lines, line => line.Contains("connection limit (1) is reached", StringComparison.Ordinal));
        Assert.True(first.IsOpen);
    }

    [Fact]
    public async Task The_program_reads_it_again_at_a_hang_up()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var directory = new TemporaryDirectory();
        directory.Write("haremq.conf", "listeners.tcp.1 = 127.0.0.1:0", "heartbeat = 50");
        await using var server = ServerProcess.Start(directory.Path);
        Assert.Equal("ready", await server.ReadLineAsync());
        directory.Write("haremq.conf", "listeners.tcp.1 = 127.0.0.1:0", "heartbeat = 51");
        server.HangUp();
        await server.LogsAsync("in force now: heartbeat");
        directory.Write("haremq.conf", "nonsense");
        server.HangUp();
        await server.LogsAsync("all stays as it is: haremq.conf:1: expected 'key = value'");
        server.Terminate();
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    private string Write(params string[] lines) => _directory.Write("haremq.conf", lines);

    private Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = _broker.Uri, RequestedHeartbeat = TimeSpan.FromSeconds(600), AutomaticRecoveryEnabled = false }
        .CreateConnectionAsync(TestContext.Current.CancellationToken);
}
