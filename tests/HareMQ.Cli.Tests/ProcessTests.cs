using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace HareMQ.Cli.Tests;

/// <summary>The programs as their users run them: two processes that know nothing of each other but the data directory.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("harectl-process-");
    private readonly List<Process> _servers = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            if (!server.HasExited) server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_server_is_waited_for_asked_and_shut_down()
    {
        var server = StartServer();
        Assert.Equal(0, (await RunAsync("await_startup")).ExitCode);
        await RunAsync("add_user", "bob", "secret");
        var listed = await RunAsync("list_users", "--formatter", "csv");
        Assert.Equal((0, "\"user\",\"tags\"\n\"bob\",\"[]\"\n\"guest\",\"[administrator]\"\n"), (listed.ExitCode, listed.Output));
        Assert.Equal(67, (await RunAsync("delete_user", "nobody")).ExitCode);
        Assert.Equal(64, (await RunAsync("lst_users")).ExitCode);
        var waited = await RunAsync("wait", "--pid", server.Id.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(0, waited.ExitCode);

        var shutdown = await RunAsync("shutdown");
        Assert.True(shutdown.ExitCode == 0, shutdown.ToString());
        // It returns when the process has ended, not before.
        Assert.True(server.WaitForExit(TimeSpan.FromMilliseconds(500)));
        Assert.Equal(0, server.ExitCode);
        Assert.False(File.Exists(Path.Combine(_data.FullName, "harectl.sock")));
        Assert.Equal(69, (await RunAsync("ping")).ExitCode);
        Assert.Equal(69, (await RunAsync("wait", "--pid", server.Id.ToString(CultureInfo.InvariantCulture))).ExitCode);
    }

    [Fact]
    public async Task A_killed_server_leaves_a_socket_that_the_next_one_replaces()
    {
        var first = StartServer();
        await RunAsync("await_startup");
        first.Kill();
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(Path.Combine(_data.FullName, "harectl.sock")));
        Assert.Equal(69, (await RunAsync("ping")).ExitCode);

        var second = StartServer();
        Assert.Equal(0, (await RunAsync("await_startup")).ExitCode);
        var pidFile = Path.Combine(_data.FullName, "pid");
        await File.WriteAllTextAsync(pidFile, second.Id.ToString(CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync("wait", pidFile)).ExitCode);
        Assert.Equal(0, (await RunAsync("stop", pidFile)).ExitCode);
        Assert.True(second.WaitForExit(TimeSpan.FromMilliseconds(500)));
    }

    [Fact]
    public async Task Two_servers_in_one_data_directory_are_one_too_many()
    {
        StartServer();
        await RunAsync("await_startup");
        var second = StartServer();
        var errors = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("harectl.sock is in use by process", errors, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("ping")).ExitCode);
    }

    [Fact]
    public async Task Shells_complete_commands_options_columns_and_names()
    {
        StartServer();
        await RunAsync("await_startup");
        await RunAsync("add_user", "zoe", "x");
        await RunAsync("add_vhost", "zone");
        Assert.Contains("list_queues", await CompleteAsync("harectl list_q"));
        Assert.DoesNotContain("add_user", await CompleteAsync("harectl list_q"));
        Assert.Contains("messages_ready", await CompleteAsync("harectl list_queues mess"));
        Assert.Contains("--formatter", await CompleteAsync("harectl list_queues --form"));
        Assert.Contains("pretty_table", await CompleteAsync("harectl list_queues --formatter pre"));
        Assert.Contains("zoe", await CompleteAsync("harectl delete_user z"));
        Assert.Contains("zone", await CompleteAsync("harectl list_queues -p z"));

        foreach (var shell in (string[])["bash", "zsh", "fish"])
            Assert.Contains("harectl", (await RunAsync("completion", shell)).Output, StringComparison.Ordinal);
        Assert.Equal(65, (await RunAsync("completion", "tcsh")).ExitCode);
        Assert.Equal("list_queues\n", await CompleteInBashAsync("harectl list_queu"));
    }

    /// <summary>In the real shells, as somebody who types: the first completion of a session included.</summary>
    [Theory]
    [InlineData("zsh", "_harectl")]
    [InlineData("fish", "harectl.fish")]
    public async Task Other_shells_complete_what_is_typed(string shell, string file)
    {
        Assert.SkipUnless(File.Exists($"/usr/bin/{shell}"), $"{shell} is not installed");
        await File.WriteAllTextAsync(
            Path.Combine(_data.FullName, file), (await RunAsync("completion", shell)).Output, TestContext.Current.CancellationToken);
        var calls = Path.Combine(_data.FullName, "calls");
        var program = Path.Combine(_data.FullName, "harectl");
        await File.WriteAllTextAsync(
            program, $"#!/bin/sh\necho \"$*\" >> '{calls}'\nexec dotnet '{ProgramPath("ControlProgram")}' \"$@\"\n",
            TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo($"/usr/bin/{shell}") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_data.FullName}:{start.Environment["PATH"]}";
        start.Environment["HOME"] = _data.FullName;
        string[] arguments = shell == "zsh" ? ["-f", "-c", ZshSession(_data.FullName)] : ["--no-config", "-c", FishSession(Path.Combine(_data.FullName, file))];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var run = await RunAsync(start);
        var called = await File.ReadAllLinesAsync(calls, TestContext.Current.CancellationToken);
        Assert.True(called.Contains("help list_queues"), $"{string.Join('\n', called)}\n{run}");
    }

    /// <summary>A terminal with a shell in it, where a line is typed with a tab at its end.</summary>
    private static string ZshSession(string directory) =>
        $"""
        zmodload zsh/zpty
        zpty session 'TERM=dumb zsh -f -i'
        zpty -w session 'fpath=({directory} $fpath); autoload -Uz compinit; compinit -u -D'
        zpty -n -w session $'harectl help list_queu\t\n'
        zpty -w session exit
        while zpty -r session line; do print -rn -- $line; done
        """;

    /// <summary>fish says itself what it would complete.</summary>
    private static string FishSession(string script) => $"source '{script}'; harectl help (complete -C 'harectl help list_queu')";

    private async Task<string[]> CompleteAsync(string line) =>
        (await RunAsync($"[suggest:{line.Length}]", line)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the script for bash finds, in a bash whose harectl is the program under test.</summary>
    private async Task<string> CompleteInBashAsync(string line)
    {
        var script = Path.Combine(_data.FullName, "completion.bash");
        await File.WriteAllTextAsync(script, (await RunAsync("completion", "bash")).Output, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            $"harectl() {{ dotnet '{ProgramPath("ControlProgram")}' \"$@\"; }}; source '{script}'; "
            + $"COMP_LINE='{line}' COMP_POINT={line.Length} _harectl; "
            + "printf '%s\\n' \"${COMPREPLY[@]}\"");
        return (await RunAsync(start)).Output;
    }

    private Process StartServer()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            ProgramPath("ServerProgram"), "--data-dir", _data.FullName, "--set", "listeners.tcp.default=127.0.0.1:0",
            "--set", "management.tcp.port=none", "--set", "prometheus.tcp.port=none", "--set", "log.console.level=error",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        WithoutSettings(start);
        var server = Process.Start(start)!;
        _servers.Add(server);
        return server;
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[ProgramPath("ControlProgram"), .. arguments]) start.ArgumentList.Add(argument);
        return RunAsync(start);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(ProcessStartInfo start)
    {
        WithoutSettings(start);
        start.Environment["HAREMQ_DATA_DIR"] = _data.FullName;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);
        await process.WaitForExitAsync().WaitAsync(s_patience);
        return (process.ExitCode, output, await error);
    }

    private static void WithoutSettings(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("HAREMQ_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
    }

    private static string ProgramPath(string key) => Path.GetFullPath(typeof(ProcessTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!);
}
