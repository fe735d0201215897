using System.Diagnostics;
using System.Text.RegularExpressions;
using HareMQ.Testing;

namespace HareMQ.Cli.Tests;

/// <summary>The same commands to Debian's rabbitmqctl and to harectl: same exit code, same banner, same columns, same kind of error.</summary>
public sealed partial class RabbitMqComparisonTests : IAsyncLifetime
{
    private const string Script = "/usr/lib/rabbitmq/bin";

    /// <summary>In their order; a later line finds what an earlier one has made. Everything is in a virtual host of its own.</summary>
    private static readonly string[][] s_commands =
    [
        ["add_vhost", "cli", "--description", "d", "--tags", "a,b"],
        ["add_vhost", "cli"],
        ["add_user", "cli", "p"],
        ["add_user", "cli", "p"],
        ["add_user"],
        ["add_user", "a", "b", "c", "d"],
        ["authenticate_user", "cli", "p"],
        ["authenticate_user", "cli", "wrong"],
        ["change_password", "cli", "q"],
        ["change_password", "nobody", "q"],
        ["set_user_tags", "cli", "monitoring", "policymaker"],
        ["set_user_tags", "nobody", "x"],
        ["list_users"],
        ["set_permissions", "-p", "cli", "cli", "^a", "^b", ".*"],
        ["set_permissions", "-p", "cli", "nobody", "", "", ""],
        ["set_permissions", "-p", "nowhere", "cli", "", "", ""],
        ["set_permissions", "-p", "cli", "cli", "(", "", ""],
        ["list_permissions", "-p", "cli"],
        ["list_permissions", "-p", "nowhere"],
        ["list_permissions", "-p", "cli", "--formatter", "csv"],
        ["list_user_permissions", "cli"],
        ["list_user_permissions", "nobody"],
        ["set_topic_permissions", "-p", "cli", "cli", "amq.topic", "a", "b"],
        ["list_topic_permissions", "-p", "cli"],
        ["clear_topic_permissions", "-p", "cli", "cli"],
        ["clear_topic_permissions", "-p", "cli", "nobody"],
        ["clear_permissions", "-p", "cli", "cli"],
        ["clear_permissions", "-p", "cli", "cli"],
        ["clear_permissions", "-p", "cli", "nobody"],
        ["clear_permissions", "-p", "nowhere", "cli"],
        ["list_vhosts", "name", "tracing"],
        ["list_vhosts", "nope"],
        ["list_queues", "-p", "cli"],
        ["list_queues", "-p", "cli", "nope"],
        ["list_queues", "-p", "cli", "-t", "soon"],
        ["list_queues", "-p", "cli", "--unknown"],
        ["list_queues", "-p"],
        ["list_exchanges", "-p", "cli", "-q"],
        ["list_exchanges", "-p", "cli", "name", "type", "durable", "internal", "arguments", "policy"],
        ["list_exchanges", "-p", "cli", "-s"],
        ["list_bindings", "-p", "cli"],
        ["list_consumers", "-p", "cli"],
        ["list_channels", "-p", "cli", "nope"],
        ["set_policy", "-p", "cli", "p", "^q", """{"max-length":5}""", "--priority", "3", "--apply-to", "queues"],
        ["set_policy", "-p", "cli", "p2", "^q", """{"nope":5}"""],
        ["set_policy", "-p", "cli", "p2", "^q", "{"],
        ["set_policy", "-p", "cli", "p2", "(", """{"max-length":5}"""],
        ["set_policy", "-p", "cli", "p2", "^q", """{"max-length":5}""", "--apply-to", "nope"],
        ["set_policy", "-p", "cli", "p2", "^q", """{"max-length":5}""", "--priority", "high"],
        ["set_policy", "-p", "nowhere", "p2", "^q", """{"max-length":5}"""],
        ["list_policies", "-p", "cli"],
        ["list_policies", "-p", "cli", "--formatter", "json"],
        ["clear_policy", "-p", "cli", "p"],
        ["clear_policy", "-p", "cli", "p"],
        ["set_operator_policy", "-p", "cli", "o", "^q", """{"max-length":50}"""],
        ["list_operator_policies", "-p", "cli"],
        ["clear_operator_policy", "-p", "cli", "o"],
        ["set_vhost_limits", "-p", "cli", """{"max-queues":10}"""],
        ["set_vhost_limits", "-p", "cli", """{"nope":10}"""],
        ["set_vhost_limits", "-p", "nowhere", "{}"],
        ["list_vhost_limits", "-p", "cli"],
        ["clear_vhost_limits", "-p", "cli"],
        ["set_user_limits", "cli", """{"max-channels":3}"""],
        ["set_user_limits", "nobody", "{}"],
        ["list_user_limits", "--user", "cli"],
        ["clear_user_limits", "cli", "all"],
        ["set_global_parameter", "cli", """{"a":1}"""],
        ["set_global_parameter", "cli", "{a"],
        ["list_global_parameters", "-s"],
        ["clear_global_parameter", "cli"],
        ["clear_global_parameter", "cli"],
        ["clear_parameter", "-p", "cli", "federation-upstream", "none"],
        ["delete_queue", "-p", "cli", "nothing"],
        ["close_all_connections", "-p", "cli", "why"],
        ["close_all_user_connections", "cli", "why"],
        ["close_connection", "<1.2.3>", "why"],
        ["list_feature_flags", "-s", "name"],
        ["await_startup"],
        ["ping"],
        ["reset"],
        ["join_cluster", "rabbit@other"],
        ["change_cluster_node_type", "ram"],
        ["forget_cluster_node", "rabbit@other"],
        ["export_definitions", "/none/x"],
        ["import_definitions", "/none"],
        ["set_vm_memory_high_watermark", "x"],
        ["set_disk_free_limit", "xx"],
        ["set_log_level", "loud"],
        ["restart_vhost", "-p", "cli"],
        ["lst_queues"],
        ["help", "nope"],
        ["delete_user", "cli"],
        ["delete_user", "cli"],
        ["delete_vhost", "cli"],
        ["delete_vhost", "cli"],
    ];

    private ControlledNode _node = null!;

    private static string? Directory => Environment.GetEnvironmentVariable(BrokerTarget.RabbitMqDirectoryVariable) is { Length: > 0 } name ? name : null;

    public async ValueTask InitializeAsync() => _node = await ControlledNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Same_commands_get_the_same_exit_codes_banners_and_columns()
    {
        Assert.SkipWhen(Directory is null, $"{BrokerTarget.RabbitMqDirectoryVariable} names no node of rabbitmq-server");
        var differences = new List<string>();
        try
        {
            foreach (var command in s_commands)
            {
                var (theirs, ours) = (await RabbitMqCtlAsync(command), await _node.CtlAsync(command));
                if (Shape(theirs) == Shape(ours)) continue;
                differences.Add($"{string.Join(' ', command)}\n--- RabbitMQ\n{Shape(theirs)}\n--- HareMQ\n{Shape(ours)}");
            }
        }
        finally
        {
            await RabbitMqCtlAsync("delete_vhost", "cli");
            await RabbitMqCtlAsync("delete_user", "cli");
        }

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }

    /// <summary>
    /// What must be equal: the exit code, the banner and the columns, and whether an error is about usage or about the broker. Rows are
    /// compared where they are not about the node itself.
    /// </summary>
    private static string Shape(CtlRun run)
    {
        var error = run.Error.Length == 0 ? "" : run.Error.Contains("Arguments given:", StringComparison.Ordinal) ? "usage" : "error";
        var lines = run.Output.Split('\n').Select(line => NodeName().Replace(line, "NODE")).Where(line => !IsOfTheNode(line)).Order();
        return $"{(int)run.ExitCode} {error}\n{string.Join('\n', lines).Trim()}";
    }

    /// <summary>What differs from broker to broker, or is said in other words for a reason.</summary>
    private static bool IsOfTheNode(string line) =>
        line.Contains("Done. Don't forget", StringComparison.Ordinal) || line.StartsWith("Will ping", StringComparison.Ordinal)
        || line.StartsWith("internal_cluster_id", StringComparison.Ordinal) || line.StartsWith("Setting log level", StringComparison.Ordinal)
        || line is "maintenance_mode_status" or "stream_queue";

    [GeneratedRegex(@"(haremq-\d+@localhost|hare@test)")]
    private static partial Regex NodeName();

    private static async Task<CtlRun> RabbitMqCtlAsync(params string[] arguments)
    {
        var port = int.Parse(await File.ReadAllTextAsync(Path.Combine(Directory!, "port")), System.Globalization.CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(Path.Combine(Script, "rabbitmqctl")) { RedirectStandardOutput = true, RedirectStandardError = true };
        // As tests/lib/rabbitmq.sh does it, but for --quiet: banners are compared too.
        start.Environment["HOME"] = Directory;
        start.Environment["ERL_EPMD_PORT"] = (port + 20001).ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["RABBITMQ_CONF_ENV_FILE"] = "/dev/null";
        start.Environment["RABBITMQ_NODENAME"] = $"haremq-{port}@localhost";
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CtlRun((ExitCode)process.ExitCode, output, await error);
    }
}
