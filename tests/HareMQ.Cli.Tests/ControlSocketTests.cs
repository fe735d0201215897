using System.Net.Sockets;
using HareMQ.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Cli.Tests;

public sealed class ControlSocketTests
{
    [Fact]
    public async Task The_socket_is_its_owners_alone_and_goes_with_the_broker()
    {
        string path;
        await using (var node = await ControlledNode.StartAsync())
        {
            path = node.Socket;
            Assert.Equal(Path.Combine(node.DataDirectory, "harectl.sock"), path);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            // Found by the data directory alone, by option or variable.
            (await CtlRun.ExecuteAsync("--data-dir", node.DataDirectory, "ping")).Succeeded();
            (await CtlRun.ExecuteWithAsync("", new() { ["HAREMQ_DATA_DIR"] = node.DataDirectory }, "ping")).Succeeded();
            (await CtlRun.ExecuteWithAsync("", new() { ["HAREMQ_CONTROL_SOCKET"] = path }, "ping")).Succeeded();
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task The_socket_is_where_the_configuration_says_or_nowhere()
    {
        var directory = Directory.CreateTempSubdirectory("harectl-socket-");
        var path = Path.Combine(directory.FullName, "deep", "own.sock");
        await using (var node = await ControlledNode.StartAsync($"control_socket={path}"))
        {
            Assert.Equal(path, node.Socket);
            await node.QuietAsync("list_users");
        }

        await using (var node = await ControlledNode.StartAsync("control_socket=none"))
        {
            Assert.Null(node.Node.ControlSocket);
            Assert.Empty(Directory.GetFiles(node.DataDirectory, "*.sock"));
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_socket_of_a_dead_broker_is_replaced_and_one_of_a_living_broker_never()
    {
        await using var node = await ControlledNode.StartAsync();
        var second = await Assert.ThrowsAsync<HareBrokerException>(
            () => HareNode.StartAsync(ControlledNode.Arguments(node.DataDirectory), NullLoggerFactory.Instance));
        Assert.Equal($"the control socket {node.Socket} is in use by process {Environment.ProcessId}.", second.Message);
        await node.QuietAsync("list_users");

        var data = Directory.CreateTempSubdirectory("harectl-stale-");
        var path = Path.Combine(data.FullName, "harectl.sock");
        var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(path));
        dead.Listen();
        // As a killed process leaves it: the file stays, nobody listens.
        var left = path + ".left";
        File.Move(path, left);
        dead.Dispose();
        File.Move(left, path);
        (await CtlRun.ExecuteAsync("--socket", path, "ping")).Failed(ExitCode.Unavailable, "left by a broker that has died");
        await using (await HareNode.StartAsync(ControlledNode.Arguments(data.FullName), NullLoggerFactory.Instance))
            (await CtlRun.ExecuteAsync("--socket", path, "ping")).Succeeded();
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        var data = Directory.CreateTempSubdirectory("harectl-file-");
        var path = Path.Combine(data.FullName, "notes.txt");
        File.WriteAllText(path, "keep me");
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => HareNode.StartAsync(
            ControlledNode.Arguments(data.FullName, $"control_socket={path}"), NullLoggerFactory.Instance));
        Assert.Equal($"cannot open the control socket {path}: there is a file of that name that is no socket", error.Message);
        Assert.Equal("keep me", File.ReadAllText(path));
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_refused_when_configured_and_does_without_otherwise()
    {
        var longPath = "/tmp/" + new string('x', 120);
        Assert.False(HareServerArguments.TryParse(
            ["--set", $"control_socket={longPath}"], new Dictionary<string, string>(), [], out _, out var error));
        Assert.Contains("control_socket", error, StringComparison.Ordinal);

        var data = Directory.CreateTempSubdirectory("harectl-" + new string('x', 100));
        await using (var node = await HareNode.StartAsync(ControlledNode.Arguments(data.FullName), NullLoggerFactory.Instance))
            Assert.Null(node.ControlSocket);
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task Over_a_URL_the_user_must_log_in_and_may_not_stop_the_process()
    {
        await using var node = await ControlledNode.StartAsync("management.tcp.port=0", "management.tcp.ip=127.0.0.1");
        var guest = node.UrlOf("guest", "guest");
        Assert.Equal(["guest\t[administrator]"], (await CtlRun.ExecuteAsync([.. guest, "-s", "list_users"])).Lines);
        (await CtlRun.ExecuteAsync([.. guest, "environment"])).Succeeded();
        (await CtlRun.ExecuteAsync([.. node.UrlOf("guest", "wrong"), "list_users"]))
            .Failed(ExitCode.Unavailable, "the broker refused: Login failed");
        foreach (var command in (string[])["stop_app", "start_app", "stop"])
            (await CtlRun.ExecuteAsync([.. guest, command])).Failed(ExitCode.Unavailable, "over the control socket only");
        await node.QuietAsync("check_running");

        await node.QuietAsync("add_user", "ann", "x");
        await node.QuietAsync("set_user_tags", "ann", "monitoring");
        var ann = node.UrlOf("ann", "x");
        (await CtlRun.ExecuteAsync([.. ann, "status"])).Succeeded();
        string[][] others = [["environment"], ["set_log_level", "debug"], ["set_disk_free_limit", "1MB"], ["list_users"], ["force_gc"]];
        foreach (var command in others)
            (await CtlRun.ExecuteAsync([.. ann, .. command])).Failed(ExitCode.Unavailable, "Not administrator user");
    }

    [Fact]
    public async Task A_user_of_the_same_name_as_the_local_operator_is_somebody_else()
    {
        await using var node = await ControlledNode.StartAsync("management.tcp.port=0", "management.tcp.ip=127.0.0.1");
        await node.QuietAsync("add_user", "harectl", "x");
        await node.QuietAsync("add_vhost", "v");
        Assert.Equal("", (await node.QuietAsync("list_user_permissions", "harectl")).Output);
        (await CtlRun.ExecuteAsync([.. node.UrlOf("harectl", "x"), "list_vhosts"])).Failed(ExitCode.Unavailable, "Not management user");
    }

    [Fact]
    public async Task Another_node_than_the_one_that_was_named_is_left_alone()
    {
        await using var node = await ControlledNode.StartAsync();
        (await node.CtlAsync("-n", "hare@test", "ping")).Succeeded();
        (await node.CtlAsync("-n", "hare", "ping")).Succeeded();
        (await node.CtlAsync("-n", "rabbit@test", "ping")).Succeeded();
        (await node.CtlAsync("--node", "rabbit@b", "stop_app")).Failed(ExitCode.Unavailable, "the node that answers is 'hare@test'");
        await node.QuietAsync("check_running");
    }

    [Fact]
    public async Task The_environment_is_the_configuration_in_effect_with_its_sources_and_without_secrets()
    {
        await using var node = await ControlledNode.StartAsync(
            "default_pass=hidden-secret", "heartbeat=77", "heartbeat=78", "management.sample_retention_policies.global.hour=60");
        var text = (await node.CtlAsync("environment")).Succeeded();
        Assert.Contains("heartbeat = 78  # --set", text.Lines);
        Assert.Contains("default_pass = ********  # --set", text.Lines);
        Assert.Contains("frame_max = 131072", text.Lines);
        Assert.Contains($"control_socket = {node.Socket}", text.Lines);
        foreach (var line in (string[])["prometheus.ssl.port = none", "log.file.rotation.count = 10", "vhost_max = infinity", "ssl_options.depth = 10"])
            Assert.Contains(line, text.Lines);
        // A list that is set has no default besides.
        Assert.Equal(
            ["management.sample_retention_policies.global.hour = 60  # --set"],
            text.Lines.Where(line => line.StartsWith("management.sample_retention_policies.global.", StringComparison.Ordinal)));
        Assert.Contains("management.sample_retention_policies.basic.600 = 5", text.Lines);
        var json = (await node.CtlAsync("environment", "--formatter", "json")).Json.AsArray();
        Assert.Contains("""{"key":"heartbeat","value":"78","source":"--set"}""", json.Select(item => item!.ToJsonString()));
        foreach (var command in (string[])["environment", "report", "command_line_arguments", "status"])
            Assert.DoesNotContain("hidden-secret", (await node.CtlAsync(command)).Output, StringComparison.Ordinal);
    }
}
