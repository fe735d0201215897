using System.Net;
using System.Net.Sockets;
using HareMQ.Hosting.Tests.Embedding;

namespace HareMQ.Hosting.Tests.Server;

public sealed class ServerProgramTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_says_ready_serves_clients_and_ends_with_0_when_asked_to(bool interrupt)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to ask with.");
        var port = ServerProcess.FreePort();
        await using var server = ServerProcess.Start(_directory.Path, "--data-dir", "data", "--set", $"listeners.tcp.default=127.0.0.1:{port}");
        Assert.Equal("ready", await server.ReadLineAsync());
        await using (var client = await Client.ConnectAsync(new Uri($"amqp://guest:guest@127.0.0.1:{port}/%2F")))
        {
            await client.DeclareAsync("q");
            await client.PublishAsync("q", "kept");
            if (interrupt) server.Interrupt();
            else server.Terminate();
            Assert.Equal(0, await server.WaitForExitAsync());
        }

        Assert.Null(await server.ReadLineAsync());
        Assert.Contains(interrupt ? "SIGINT received" : "SIGTERM received", await server.ReadErrorsAsync());
        await using var broker = await HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.DataDirectory = Path.Combine(_directory.Path, "data");
        });
        await using var next = await Client.ConnectAsync(broker.Uri);
        Assert.Equal("kept", await next.GetAsync("q"));
    }

    [Fact]
    public async Task Help_is_printed_and_nothing_is_started()
    {
        var (exitCode, output, errors) = await ServerProcess.RunAsync(_directory.Path, "--help");
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("--check-config", output);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        var result = await ServerProcess.RunAsync(_directory.Path, "--version");
        Assert.Equal((0, $"HareMQ {HareBroker.Version}\n", ""), (result.ExitCode, result.Output.ReplaceLineEndings("\n"), result.Errors));
    }

    [Fact]
    public async Task A_valid_configuration_is_called_valid_and_nothing_is_started()
    {
        var file = _directory.Write("haremq.conf", "heartbeat = 10", "net_ticktime = 5");
        var (exitCode, output, errors) = await ServerProcess.RunAsync(_directory.Path, "--check-config");
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("warning: ", output);
        Assert.EndsWith("configuration is valid\n", output.ReplaceLineEndings("\n"));
        Assert.Equal([file], Directory.GetFileSystemEntries(_directory.Path));
    }

    [Theory]
    [InlineData("heartbeet = 10", "haremq.conf:1: unknown key 'heartbeet'; did you mean 'heartbeat'?")]
    [InlineData("heartbeat = soon", "haremq.conf:1: heartbeat: 'soon' is not usable; expected: 0 to 65535 seconds (0 = off)")]
    public async Task A_wrong_line_of_the_configuration_is_one_line_with_its_place_and_exit_code_2(string line, string expected)
    {
        _directory.Write("haremq.conf", line);
        var (exitCode, output, errors) = await ServerProcess.RunAsync(_directory.Path);
        Assert.Equal((2, "", $"haremq: {expected}\n"), (exitCode, output, errors.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task An_unknown_option_is_one_line_and_exit_code_2()
    {
        var (exitCode, output, errors) = await ServerProcess.RunAsync(_directory.Path, "--prot", "1");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("haremq: ", Assert.Single(Lines(errors)));
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_1()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var listener = $"127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";
        var (exitCode, output, errors) = await ServerProcess.RunAsync(
            _directory.Path, "--set", "log.console.level=none", "--set", $"listeners.tcp.default={listener}");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal($"haremq: cannot listen on {listener}: the port is in use by another program", Assert.Single(Lines(errors)));
    }

    [Fact]
    public async Task A_data_directory_in_use_is_one_line_and_exit_code_1()
    {
        await using var holder = await HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.DataDirectory = _directory.Path;
        });
        var (exitCode, output, errors) = await ServerProcess.RunAsync(
            _directory.Path, "--data-dir", ".", "--set", "log.console.level=none", "--set", "listeners.tcp.default=127.0.0.1:0");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.EndsWith($"is in use by process {Environment.ProcessId}.", Assert.Single(Lines(errors)));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
