namespace HareMQ.Cli.Tests;

/// <summary>What happens before any broker is asked.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("lst_queues", "Did you mean 'list_queues'?")]
    [InlineData("list-queues", "Did you mean 'list_queues'?")]
    [InlineData("addvhost", "Did you mean 'add_vhost'?")]
    [InlineData("frobnicate", "'harectl help' lists the commands")]
    public async Task A_mistyped_command_suggests_the_nearest(string typed, string advice) =>
        (await CtlRun.ExecuteAsync(typed, "-p", "x")).Failed(ExitCode.Usage, $"Command '{typed}' not found. \n{advice}");

    [Theory]
    [InlineData("Error (argument validation): not enough arguments.", "add_user")]
    [InlineData("Error (argument validation): too many arguments.", "list_users", "x")]
    [InlineData("for this command:\n--no-table-header\nDid you mean '--no-table-headers'?", "list_queues", "--no-table-header")]
    [InlineData("Invalid options for this command:\n-z", "list_queues", "-z")]
    [InlineData("Invalid options for this command:\n-p : ", "list_queues", "-p")]
    [InlineData("Invalid options for this command:\n--timeout : soon", "list_queues", "-t", "soon")]
    [InlineData("--url nowhere is no URL", "list_queues", "--url", "nowhere")]
    [InlineData("Info key(s) nme, x are not supported\nDid you mean 'name'?", "list_queues", "nme,x", "messages")]
    public async Task What_was_typed_wrong_is_said_with_the_usage(string message, params string[] typed)
    {
        var run = (await CtlRun.ExecuteAsync(typed)).Failed(ExitCode.Usage, message);
        Assert.Contains($"Arguments given:\n\t{string.Join(' ', typed)}\n", run.Error, StringComparison.Ordinal);
        Assert.Contains($"Usage\n\nharectl {typed[0]}", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task Without_a_broker_all_places_are_named_where_it_was_looked_for()
    {
        var run = (await CtlRun.ExecuteAsync("-q", "list_users", "--data-dir", "/none"))
            .Failed(ExitCode.Unavailable, "unable to perform an operation");
        Assert.Contains("/none/harectl.sock: there is no such socket", run.Error, StringComparison.Ordinal);
        var byVariable = await CtlRun.ExecuteWithAsync("", new() { ["HAREMQ_DATA_DIR"] = "/else" }, "ping");
        byVariable.Failed(ExitCode.Unavailable, "/else/harectl.sock");
        var bySocket = await CtlRun.ExecuteWithAsync("", new() { ["HAREMQ_CONTROL_SOCKET"] = "/a/socket" }, "ping");
        bySocket.Failed(ExitCode.Unavailable, "/a/socket");
        (await CtlRun.ExecuteWithAsync("", [], "ping")).Failed(ExitCode.Unavailable, "/var/lib/haremq/harectl.sock");
        (await CtlRun.ExecuteAsync("ping", "--url", "http://127.0.0.1:1")).Failed(ExitCode.Unavailable, "http://127.0.0.1:1/: ");
    }

    [Fact]
    public async Task Help_shows_every_command_and_how_to_use_each()
    {
        var overview = (await CtlRun.ExecuteAsync("help")).Succeeded().Output;
        foreach (var command in CommandTable.All)
        {
            if (!RefusedCommands.IsRefused(command)) Assert.Contains($"  {command.Name} ", overview, StringComparison.Ordinal);
            var (byHelp, byOption) = (await CtlRun.ExecuteAsync("help", command.Name), await CtlRun.ExecuteAsync(command.Name, "--help"));
            Assert.StartsWith($"usage: harectl {command.Name}", byHelp.Succeeded().Output, StringComparison.Ordinal);
            Assert.Equal(byHelp.Output, byOption.Succeeded().Output);
        }

        Assert.Equal(overview, (await CtlRun.ExecuteAsync("--help")).Output);
        (await CtlRun.ExecuteAsync("help", "lst_users")).Failed(ExitCode.Usage, "Did you mean 'list_users'?");
        Assert.Equal(ExitCode.Usage, (await CtlRun.ExecuteAsync()).ExitCode);
        Assert.Equal(["list_users", "list_user_limits", "list_user_permissions", "list_user_topic_permissions"],
            (await CtlRun.ExecuteAsync("autocomplete", "list_user")).Lines.OrderBy(name => name.Length));
    }

    [Fact]
    public void Every_command_has_one_name_and_says_how_it_is_used()
    {
        Assert.Equal(CommandTable.All.Count, CommandTable.All.Select(command => command.Name).Distinct().Count());
        Assert.All(CommandTable.All, command => Assert.Equal(command.ArgumentsMax > 0, command.Arguments.Length > 0));
        Assert.All(CommandTable.All, command => Assert.InRange(command.Summary.Length, 10, 150));
    }

    /// <summary>What users of RabbitMQ type: cli.md's list, and what RabbitMQ's own help lists.</summary>
    [Theory]
    [InlineData("stop_app start_app reset force_reset stop shutdown wait await_startup await_online_nodes status ping version")]
    [InlineData("environment report eval rotate_logs set_log_level log_tail force_boot suspend_listeners resume_listeners")]
    [InlineData("drain revive await_online_quorum_plus_one")]
    [InlineData("join_cluster cluster_status force_gc change_cluster_node_type forget_cluster_node rename_cluster_node")]
    [InlineData("update_cluster_nodes set_cluster_name enable_feature_flag list_feature_flags list_deprecated_features rebalance")]
    [InlineData("add_user delete_user change_password clear_password authenticate_user hash_password list_users set_user_tags")]
    [InlineData("set_permissions set_permissions_globally clear_permissions list_permissions list_user_permissions")]
    [InlineData("set_topic_permissions clear_topic_permissions list_topic_permissions list_user_topic_permissions set_user_limits")]
    [InlineData("clear_user_limits list_user_limits add_vhost delete_vhost list_vhosts set_vhost_limits clear_vhost_limits")]
    [InlineData("list_vhost_limits set_vhost_tags update_vhost_metadata restart_vhost trace_on trace_off list_queues list_exchanges")]
    [InlineData("list_bindings list_connections list_channels list_consumers purge_queue delete_queue list_unresponsive_queues peek")]
    [InlineData("quorum_status add_member delete_member grow shrink check_if_node_is_quorum_critical set_policy clear_policy")]
    [InlineData("list_policies set_operator_policy clear_operator_policy list_operator_policies set_parameter clear_parameter")]
    [InlineData("list_parameters set_global_parameter clear_global_parameter list_global_parameters shovel_status restart_shovel")]
    [InlineData("delete_shovel federation_status restart_federation_link export_definitions import_definitions close_connection")]
    [InlineData("close_all_connections close_all_user_connections set_vm_memory_high_watermark set_disk_free_limit node_health_check")]
    [InlineData("enable disable list is_enabled set directories check_running check_local_alarms check_alarms")]
    [InlineData("check_port_connectivity check_port_listener check_protocol_listener check_virtual_hosts")]
    [InlineData("check_certificate_expiration check_for_quorum_queues_without_an_elected_leader")]
    [InlineData("check_if_any_deprecated_features_are_used is_booting is_running listeners alarms memory_breakdown")]
    [InlineData("message_size_stats server_version os_env erlang_version log_location log_tail_stream consume_event_stream")]
    [InlineData("runtime_thread_stats observer command_line_arguments tls_versions cipher_suites resolve_hostname discover_peers")]
    [InlineData("metadata_store_status list_network_interfaces certificates maybe_stuck help autocomplete")]
    public void Commands_have_the_names_of_RabbitMQ(string names) =>
        Assert.All(names.Split(' '), name => Assert.NotNull(CommandTable.Find(name)));

    [Fact]
    public async Task What_has_no_meaning_here_is_refused_with_a_reason()
    {
        (await CtlRun.ExecuteAsync("eval", "1+1.")).Failed(ExitCode.Unavailable, "HareMQ is no Erlang program");
        (await CtlRun.ExecuteAsync("log_tail", "-N", "5", "--anything")).Failed(ExitCode.Unavailable, "standard error");
    }

    [Fact]
    public async Task A_dry_run_checks_the_arguments_and_asks_nobody()
    {
        (await CtlRun.ExecuteAsync("delete_user", "bob", "--dry-run", "--data-dir", "/none")).Succeeded();
        (await CtlRun.ExecuteAsync("delete_user", "--dry-run")).Failed(ExitCode.Usage, "not enough arguments.");
    }
}
