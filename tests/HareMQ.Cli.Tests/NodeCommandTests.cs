using System.Net.Sockets;
using HareMQ.Testing;
using RabbitMQ.Client;

namespace HareMQ.Cli.Tests;

/// <summary>Stopping, starting and emptying a broker while its process stays.</summary>
public sealed class NodeCommandTests : IAsyncLifetime
{
    private const string AppIsStopped =
        "Error: this command requires the 'rabbit' app to be running on the target node. Start it with 'harectl start_app'.";

    private const string AppRuns =
        "Error: this command requires the 'rabbit' app to be stopped on the target node. Stop it with 'harectl stop_app'.";

    private ControlledNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await ControlledNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Stop_app_closes_clients_and_listeners_and_start_app_brings_back_what_is_durable()
    {
        var connection = await _node.ConnectAsync();
        await PublishAsync(connection, "kept");
        var port = _node.Node.Broker!.Port;

        var stopped = (await _node.CtlAsync("stop_app")).Succeeded();
        Assert.Equal($"Stopping rabbit application on node {ControlledNode.Name} ...\n", stopped.Output);
        await Eventually.Equal(false, () => connection.IsOpen);
        Assert.Equal(
            (320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"),
            (connection.CloseReason!.ReplyCode, connection.CloseReason.ReplyText));
        using (var socket = new TcpClient())
            await Assert.ThrowsAnyAsync<SocketException>(() => socket.ConnectAsync("127.0.0.1", port));
        // No longer held: another process could take it.
        (await _node.CtlAsync("stop_app")).Succeeded();

        Assert.Equal($"Starting node {ControlledNode.Name} ...\n", (await _node.CtlAsync("start_app")).Succeeded().Output);
        (await _node.CtlAsync("start_app")).Succeeded();
        Assert.Equal(["kept\t1"], (await _node.CtlAsync("-s", "list_queues")).Lines);
        var channel = await (await _node.ConnectAsync()).CreateChannelAsync();
        Assert.Equal("hello"u8.ToArray(), (await channel.BasicGetAsync("kept", autoAck: true))!.Body.ToArray());
    }

    [Fact]
    public async Task A_stopped_broker_answers_what_concerns_its_process_alone()
    {
        await _node.QuietAsync("stop_app");
        string[][] commands = [["list_queues"], ["add_user", "u", "p"], ["status"], ["cluster_status"], ["check_local_alarms"]];
        foreach (var command in commands)
            (await _node.CtlAsync(command)).Failed(ExitCode.Usage, AppIsStopped);
        Assert.Equal("Ping succeeded\n", (await _node.QuietAsync("ping")).Output);
        (await _node.CtlAsync("check_running")).Failed(ExitCode.Unavailable, "is not running or has not fully booted yet");
        Assert.Contains("\"result\":false", (await _node.CtlAsync("is_running", "--formatter", "json")).Output, StringComparison.Ordinal);
        (await _node.CtlAsync("await_startup", "-t", "0")).Failed(ExitCode.Timeout, "operation await_startup timed out");
        await _node.QuietAsync("start_app");
        await _node.QuietAsync("await_startup");
        await _node.QuietAsync("check_running");
    }

    [Fact]
    public async Task Reset_deletes_everything_of_a_stopped_broker_and_nothing_of_a_running_one()
    {
        await PublishAsync(await _node.ConnectAsync(), "gone");
        await _node.QuietAsync("add_user", "bob", "x");
        await _node.QuietAsync("add_vhost", "v");
        var foreign = Path.Combine(_node.DataDirectory, "haremq.conf");
        await File.WriteAllTextAsync(foreign, "# not the broker's");
        (await _node.CtlAsync("reset")).Failed(ExitCode.Usage, AppRuns);
        Assert.Equal(["gone\t1"], (await _node.CtlAsync("-s", "list_queues")).Lines);

        await _node.QuietAsync("stop_app");
        Assert.Equal($"Resetting node {ControlledNode.Name} ...\n", (await _node.CtlAsync("reset")).Succeeded().Output);
        await _node.QuietAsync("force_reset");
        await _node.QuietAsync("start_app");
        Assert.Equal("", (await _node.CtlAsync("-s", "list_queues")).Output);
        Assert.Equal(["guest\t[administrator]"], (await _node.CtlAsync("-s", "list_users")).Lines);
        Assert.Equal(["/"], (await _node.CtlAsync("-s", "list_vhosts")).Lines);
        Assert.True(File.Exists(foreign));
        await PublishAsync(await _node.ConnectAsync(), "new");
        Assert.Equal(["new\t1"], (await _node.CtlAsync("-s", "list_queues")).Lines);
    }

    [Fact]
    public async Task A_broker_that_cannot_start_again_says_why_and_starts_when_it_can()
    {
        await _node.QuietAsync("stop_app");
        await using (await Hosting.HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.DataDirectory = _node.DataDirectory;
        }))
        {
            (await _node.CtlAsync("start_app")).Failed(ExitCode.Software, $"is in use by process {Environment.ProcessId}.");
            (await _node.CtlAsync("reset")).Failed(ExitCode.Software, $"is in use by process {Environment.ProcessId}.");
        }

        await _node.QuietAsync("start_app");
        await _node.QuietAsync("check_running");
    }

    [Fact]
    public async Task Lifecycle_commands_at_the_same_time_come_one_after_the_other()
    {
        var all = Enumerable.Range(0, 12).Select(i => _node.CtlAsync(i % 2 == 0 ? "stop_app" : "start_app")).ToArray();
        Assert.All(await Task.WhenAll(all), run => run.Succeeded());
        await _node.QuietAsync("start_app");
        Assert.Equal(["/"], (await _node.CtlAsync("-s", "list_vhosts")).Lines);
    }

    [Fact]
    public async Task Status_has_the_keys_of_RabbitMQ()
    {
        await PublishAsync(await _node.ConnectAsync(), "q");
        var json = (await _node.CtlAsync("status", "--formatter", "json")).Succeeded().Json.AsObject();
        string[] keys =
        [
            "pid", "os", "uptime", "is_under_maintenance", "rabbitmq_version", "product_name", "product_version", "erlang_version",
            "processes", "run_queue", "active_plugins", "data_directory", "config_files", "log_files", "alarms", "tags", "memory",
            "vm_memory_calculation_strategy", "vm_memory_high_watermark_limit", "disk_free", "disk_free_limit", "totals", "listeners",
        ];
        Assert.Empty(keys.Except(json.Select(pair => pair.Key)));
        Assert.Equal(Environment.ProcessId, json["pid"]!.GetValue<int>());
        Assert.Equal("""{"connection_count":1,"queue_count":1,"virtual_host_count":1}""", json["totals"]!.ToJsonString());

        var text = (await _node.CtlAsync("status", "--unit", "mib")).Succeeded();
        string[] sections = ["Runtime", "Plugins", "Data directory", "Alarms", "Memory", "Free Disk Space", "Totals", "Listeners"];
        foreach (var section in sections)
            Assert.Contains(section, text.Lines);
        Assert.Contains($"Interface: 127.0.0.1, port: {_node.Node.Broker!.Port}, protocol: amqp, purpose: AMQP 0-9-1", text.Lines);
        Assert.Matches(@"Total memory used: [0-9.]+ mib", text.Output);
        (await _node.CtlAsync("status", "--unit", "pints")).Failed(ExitCode.Usage, "unit 'pints' is not supported");
    }

    [Fact]
    public async Task Limits_set_at_run_time_raise_and_clear_alarms()
    {
        await _node.QuietAsync("set_disk_free_limit", "mem_relative", "1000");
        (await _node.CtlAsync("check_local_alarms")).Failed(ExitCode.Unavailable, "Free disk space alarm on node hare@test");
        (await _node.CtlAsync("check_alarms")).Failed(ExitCode.Unavailable, "Free disk space alarm on node hare@test");
        Assert.Equal("Free disk space alarm on node hare@test\n", (await _node.QuietAsync("alarms")).Output);
        await _node.QuietAsync("set_disk_free_limit", "1MB");
        Assert.Equal("Node hare@test reported no local alarms\n", (await _node.QuietAsync("check_local_alarms")).Output);

        await _node.QuietAsync("set_vm_memory_high_watermark", "absolute", "1MiB");
        (await _node.CtlAsync("check_local_alarms")).Failed(ExitCode.Unavailable, "Memory alarm on node hare@test");
        await _node.QuietAsync("set_vm_memory_high_watermark", "1.0");
        await _node.QuietAsync("check_local_alarms");
        foreach (string[] bad in (string[][])[["x"], ["1.5"], ["absolute", "-1"], ["relative", "1"]])
            Assert.NotEqual(ExitCode.Success, (await _node.CtlAsync(["set_vm_memory_high_watermark", .. bad])).ExitCode);
    }

    [Fact]
    public async Task The_log_level_is_changed_and_a_wrong_one_refused()
    {
        await _node.QuietAsync("set_log_level", "debug");
        Assert.Equal("debug", _node.Node.LogLevel);
        (await _node.CtlAsync("set_log_level", "loud")).Failed(ExitCode.Unavailable, "level loud is not supported. Try one of debug, info");
        Assert.Equal("debug", _node.Node.LogLevel);
    }

    [Fact]
    public async Task Clusters_of_one_node_are_shown_and_others_refused()
    {
        await _node.QuietAsync("set_cluster_name", "warren");
        var text = (await _node.CtlAsync("cluster_status")).Succeeded();
        Assert.Contains("Cluster name: warren", text.Lines);
        Assert.Equal(["hare@test"], text.Lines.SkipWhile(line => line != "Running Nodes").Skip(1).Take(1));
        var json = (await _node.CtlAsync("cluster_status", "--formatter", "json")).Json;
        Assert.Equal("""["hare@test"]""", json["running_nodes"]!.ToJsonString());
        Assert.Equal("not under maintenance", json["maintenance_status"]!["hare@test"]!.GetValue<string>());

        (await _node.CtlAsync("join_cluster", "rabbit@a")).Failed(ExitCode.Usage, AppRuns);
        (await _node.CtlAsync("forget_cluster_node", "rabbit@a")).Failed(ExitCode.Unavailable, "not_a_cluster_node");
        (await _node.CtlAsync("forget_cluster_node", "hare@test")).Failed(ExitCode.Unavailable, "must be stopped with");
        (await _node.CtlAsync("await_online_nodes", "2")).Failed(ExitCode.Unavailable, "no clusters");
        await _node.QuietAsync("await_online_nodes", "1");
        await _node.QuietAsync("stop_app");
        (await _node.CtlAsync("join_cluster", "rabbit@a")).Failed(ExitCode.Unavailable, "no clusters");
        (await _node.CtlAsync("join_cluster", "hare@test")).Failed(ExitCode.Software, "cannot cluster node with itself: hare@test");
        (await _node.CtlAsync("change_cluster_node_type", "memory")).Failed(ExitCode.Data, "The node type must be either disc or ram.");
        (await _node.CtlAsync("change_cluster_node_type", "ram")).Failed(ExitCode.Unavailable, "no ram nodes");
        Assert.Equal("Node type is already disc\n", (await _node.QuietAsync("change_cluster_node_type", "disc")).Output);
    }

    [Fact]
    public async Task Checks_and_facts_are_answered()
    {
        var port = _node.Node.Broker!.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var connected = await _node.QuietAsync("check_port_connectivity");
        Assert.Equal($"Successfully connected to ports {port} on node hare@test.\n", connected.Output);
        var listening = await _node.QuietAsync("check_port_listener", port);
        Assert.Equal($"A listener for port {port} is running on node hare@test.\n", listening.Output);
        (await _node.CtlAsync("check_port_listener", "1")).Failed(ExitCode.Unavailable, $"following ports: {port}");
        await _node.QuietAsync("check_protocol_listener", "amqp091");
        (await _node.CtlAsync("check_protocol_listener", "mqtt")).Failed(ExitCode.Unavailable, "following protocols: amqp");
        Assert.Equal("Node hare@test reported all vhosts as running\n", (await _node.QuietAsync("check_virtual_hosts")).Output);
        Assert.Equal("Node hare@test reported no alarms, local or clusterwide\n", (await _node.QuietAsync("check_alarms")).Output);
        foreach (var check in (string[])["check_if_node_is_quorum_critical", "check_for_quorum_queues_without_an_elected_leader",
            "check_if_any_deprecated_features_are_used", "node_health_check", "force_gc", "report", "memory_breakdown", "listeners"])
            await _node.QuietAsync(check);
        Assert.Equal(Hosting.HareBroker.Version, (await _node.QuietAsync("server_version")).Output.Trim());
        Assert.Equal("<stderr>", (await _node.QuietAsync("log_location")).Output.Trim());
        Assert.Contains("name\tstate", (await _node.QuietAsync("list_feature_flags")).Lines);
    }

    [Fact]
    public async Task Plugins_are_built_in()
    {
        var listed = (await _node.CtlAsync("list", "consistent")).Succeeded();
        Assert.Equal(" | Status: * = running on hare@test", listed.Lines[2]);
        Assert.Equal($"[E*] rabbitmq_consistent_hash_exchange {Hosting.HareBroker.Version}", listed.Lines[^1]);
        Assert.Equal(["rabbitmq_management", "rabbitmq_management_agent"], (await _node.CtlAsync("list", "-m", "management")).Lines);
        await _node.QuietAsync("is_enabled", "rabbitmq_delayed_message_exchange");
        Assert.Equal("Plugin configuration unchanged.\n", (await _node.QuietAsync("enable", "rabbitmq_delayed_message_exchange")).Output);
        // There is no HTTP listener here.
        (await _node.CtlAsync("is_enabled", "rabbitmq_management"))
            .Failed(ExitCode.Unavailable, "Plugin rabbitmq_management is not enabled on node hare@test");
        (await _node.CtlAsync("enable", "rabbitmq_mqtt")).Failed(ExitCode.Software, "{:plugins_not_found, [:rabbitmq_mqtt]}");
        (await _node.CtlAsync("disable", "rabbitmq_random_exchange")).Failed(ExitCode.Unavailable, "cannot be disabled");
        (await _node.CtlAsync("enable")).Failed(ExitCode.Usage, "not enough arguments.");
    }

    private static async Task PublishAsync(IConnection connection, string queue)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { Persistent = true }, "hello"u8.ToArray());
    }
}
